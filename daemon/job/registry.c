/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/registry.h"

#include "basic/message.h"
#include "daemon/job/past.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Jobs at work at once: each may have a process. */
#define REGISTRY_RUNNING_MAX 16

struct registry {
        struct machine *machine;
        registry_handler_t handler;
        void *userdata;
        struct claims *claims; /* of those that are not finished, by job number */
        struct job **jobs;     /* ascending by id */
        size_t n_jobs;
        uint32_t last_id;
        bool keeps; /* finished ones in files */
        uint64_t ended[_JOB_VERB_MAX][_JOB_RESULT_MAX];
};

int registry_new(struct machine *machine, registry_handler_t handler, void *userdata, struct registry **ret)
{
        _cleanup_(registry_freep) struct registry *registry = calloc(1, sizeof(*registry));
        int r;

        if (!registry)
                return -ENOMEM;
        registry->machine = machine;
        registry->handler = handler;
        registry->userdata = userdata;
        r = claims_new(&registry->claims);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(registry);
        return 0;
}

struct registry *registry_free(struct registry *registry)
{
        if (!registry)
                return NULL;

        for (size_t i = 0; i < registry->n_jobs; i++)
                job_free(registry->jobs[i]);
        free(registry->jobs);
        claims_free(registry->claims);
        free(registry);
        return NULL;
}

static void keep(struct registry *registry, const struct job *job)
{
        int r = registry->keeps ? past_save(registry->machine->tree->root_fd, job) : 0;

        if (r < 0)
                (void) fprintf(stderr,
                               "memctld: job %" PRIu32 " is forgotten when memctld ends: /" PAST_DIRECTORY
                               ": %s\n",
                               job->id, strerror(-r));
}

/* Once: a job that is finished may still have something to tell. */
static void count_ended(struct registry *registry, struct job *job)
{
        for (enum job_verb verb = 0; !job->counted && verb < _JOB_VERB_MAX; verb++)
                if (strcmp(job_verb_name(verb), job->name) == 0)
                        registry->ended[verb][job->result]++;
        job->counted = true;
}

static void on_job_changed(void *userdata, struct job *job)
{
        struct registry *registry = userdata;

        if (job->state == JOB_FINISHED) {
                claims_drop(registry->claims, job->id);
                count_ended(registry, job);
                keep(registry, job);
        }
        registry->handler(registry->userdata, job, false, false);
}

static void forget_oldest(struct registry *registry)
{
        size_t finished = registry->n_jobs - registry_count_running(registry);

        for (size_t i = 0; i < registry->n_jobs && finished > REGISTRY_FINISHED_MAX;) {
                struct job *job = registry->jobs[i];

                if (job->state != JOB_FINISHED) {
                        i++;
                        continue;
                }
                registry->handler(registry->userdata, job, false, true);
                if (registry->keeps)
                        past_forget(registry->machine->tree->root_fd, job->id);
                registry->n_jobs--;
                memmove(&registry->jobs[i], &registry->jobs[i + 1],
                        (registry->n_jobs - i) * sizeof(*registry->jobs));
                job_free(job);
                finished--;
        }
}

static int refuse(struct registry *registry, const struct claim_conflict *conflict, char **message)
{
        const struct job *job = registry_find(registry, conflict->owner);

        return fail(message, -EBUSY, "block %" PRIu64 " is being worked on by job %" PRIu32 " (%s %s)",
                    conflict->pfn * (uint64_t) sysconf(_SC_PAGESIZE) /
                            monitor_block_size(registry->machine->monitor),
                    conflict->owner, job ? job->name : "", job ? job->target : "");
}

int registry_check(struct registry *registry, const struct registry_claim *claim, char **message)
{
        struct claim_conflict conflict;

        for (size_t i = 0; i < claim->n_ranges; i++)
                if (claims_stand_against(registry->claims, claim->mode, claim->ranges[i], &conflict))
                        return refuse(registry, &conflict, message);
        return 0;
}

static int take_claim(struct registry *registry, const struct registry_claim *claim, char **message)
{
        struct claim_conflict conflict;
        int r = claims_take(registry->claims, registry->last_id + 1, claim->mode, claim->ranges,
                            claim->n_ranges, &conflict);

        return r == -EBUSY ? refuse(registry, &conflict, message) : r;
}

static int start(struct registry *registry, struct job *job)
{
        struct job **jobs = reallocarray(registry->jobs, registry->n_jobs + 1, sizeof(*jobs));

        if (!jobs)
                return -ENOMEM;
        registry->jobs = jobs;
        return job_start(job);
}

int registry_start(struct registry *registry, const struct job_request *request,
                   const struct registry_claim *claim, struct job **ret, char **message)
{
        _cleanup_(job_freep) struct job *job = NULL;
        int r;

        forget_oldest(registry);
        r = job_new(registry->machine, registry->last_id + 1, request, on_job_changed, registry, &job);
        if (r >= 0 && registry_count_running(registry) >= REGISTRY_RUNNING_MAX)
                return fail(message, -EMFILE, "%d jobs are running already; wait for one to end",
                            REGISTRY_RUNNING_MAX);
        if (r >= 0)
                r = take_claim(registry, claim, message);
        if (r == -EBUSY)
                return r;
        if (r >= 0)
                r = start(registry, job);
        if (r < 0) {
                claims_drop(registry->claims, registry->last_id + 1);
                return fail(message, r, "cannot start a job: %s", strerror(-r));
        }
        registry->last_id++;
        *ret = job;
        registry->jobs[registry->n_jobs++] = TAKE_PTR(job);
        registry->handler(registry->userdata, *ret, true, false);
        return 0;
}

int registry_keep(struct registry *registry, char **problems)
{
        struct job **jobs = NULL;
        size_t n = 0;
        int r = past_load(registry->machine, on_job_changed, registry, &jobs, &n, problems);

        if (r < 0) {
                for (size_t i = 0; i < n; i++)
                        job_free(jobs[i]);
                free(jobs);
                return r;
        }
        registry->keeps = true;
        if (n == 0) {
                free(jobs);
                return 0;
        }
        registry->jobs = jobs;
        registry->n_jobs = n;
        registry->last_id = jobs[n - 1]->id;
        forget_oldest(registry);
        return 0;
}

bool registry_is_claimed(const struct registry *registry, enum claim_mode mode, struct pfn_range range)
{
        return claims_stand_against(registry->claims, mode, range, NULL);
}

int registry_list_claims(const struct registry *registry, enum claim_mode mode, struct pfn_range **ret,
                         size_t *ret_n)
{
        return claims_list(registry->claims, mode, ret, ret_n);
}

struct job *registry_find(struct registry *registry, uint32_t id)
{
        for (size_t i = 0; i < registry->n_jobs; i++)
                if (registry->jobs[i]->id == id)
                        return registry->jobs[i];
        return NULL;
}

size_t registry_count(const struct registry *registry)
{
        return registry->n_jobs;
}

size_t registry_count_running(const struct registry *registry)
{
        size_t n = 0;

        for (size_t i = 0; i < registry->n_jobs; i++)
                n += registry->jobs[i]->state != JOB_FINISHED;
        return n;
}

uint64_t registry_count_ended(const struct registry *registry, enum job_verb verb, enum job_result result)
{
        return registry->ended[verb][result];
}

struct job *registry_get(const struct registry *registry, size_t index)
{
        return registry->jobs[index];
}

void registry_cancel_all(struct registry *registry)
{
        for (size_t i = 0; i < registry->n_jobs; i++)
                job_stop(registry->jobs[i], JOB_RESULT_CANCELLED);
}
