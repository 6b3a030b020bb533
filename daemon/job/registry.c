/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/registry.h"

#include "daemon/job/recover.h"
#include "daemon/journal/journal.h"
#include "basic/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* Jobs at work at once: each may have a process. */
#define REGISTRY_RUNNING_MAX 16

struct registry {
        struct machine *machine;
        registry_handler_t handler;
        void *userdata;
        struct job **jobs; /* ascending by id */
        size_t n_jobs;
        uint32_t last_id;
};

int registry_new(struct machine *machine, registry_handler_t handler, void *userdata, struct registry **ret)
{
        struct registry *registry;

        registry = calloc(1, sizeof(*registry));
        if (!registry)
                return -ENOMEM;

        registry->machine = machine;
        registry->handler = handler;
        registry->userdata = userdata;
        *ret = registry;
        return 0;
}

struct registry *registry_free(struct registry *registry)
{
        if (!registry)
                return NULL;

        for (size_t i = 0; i < registry->n_jobs; i++)
                job_free(registry->jobs[i]);
        free(registry->jobs);
        free(registry);
        return NULL;
}

static void on_job_changed(void *userdata, struct job *job)
{
        struct registry *registry = userdata;

        if (job->recovered && job->state == JOB_FINISHED)
                recover_say_end(job);
        registry->handler(registry->userdata, job, false, false);
}

static int check_free(const struct registry *registry, const struct job_request *request, char **message)
{
        for (size_t i = 0; i < registry->n_jobs; i++) {
                const struct job *job = registry->jobs[i];
                uint32_t block;

                if (job->state != JOB_FINISHED && block_set_share(&job->blocks, request->blocks, &block))
                        return fail(message, -EBUSY, "block %u is being worked on by job %u (%s %s)", block,
                                    job->id, job_verb_name(job->verb), job->target);
        }
        return 0;
}

/* Said at once and in plain words, instead of by the first write that fails. */
static int check_may_write(const struct registry *registry, const struct job_request *request,
                           char **message)
{
        char path[128];

        if (!registry->machine->tree->live)
                return fail(message, -EOPNOTSUPP, "%s is not the running machine: it is read, never changed",
                            registry->machine->tree->root);
        if (request->blocks->n_numbers == 0)
                return 0;

        (void) snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state",
                        request->blocks->numbers[0]);
        if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0 && errno == EROFS)
                return fail(message, -EROFS, "%s: /sys is mounted read-only here, as in a container", path);
        if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0 && errno != ENOENT)
                return fail(message, -EACCES, "%s: %s: this needs root, or memctld on the system bus", path,
                            strerror(errno));
        return 0;
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
                registry->n_jobs--;
                memmove(&registry->jobs[i], &registry->jobs[i + 1],
                        (registry->n_jobs - i) * sizeof(*registry->jobs));
                job_free(job);
                finished--;
        }
}

static int add_job(struct registry *registry, const struct job_request *request, struct job **ret)
{
        struct job **jobs;
        int r;

        forget_oldest(registry);
        jobs = reallocarray(registry->jobs, registry->n_jobs + 1, sizeof(*jobs));
        if (!jobs)
                return -ENOMEM;
        registry->jobs = jobs;

        r = job_new(registry->machine, registry->last_id + 1, request, on_job_changed, registry,
                    &jobs[registry->n_jobs]);
        if (r < 0)
                return r;

        registry->last_id++;
        *ret = registry->jobs[registry->n_jobs++];
        registry->handler(registry->userdata, *ret, true, false);
        return 0;
}

int registry_start(struct registry *registry, const struct job_request *request, struct job **ret,
                   char **message)
{
        int r;

        r = check_may_write(registry, request, message);
        if (r < 0)
                return r;
        /* another memctld may have died since we looked last: its blocks come first */
        registry_recover(registry, false);
        r = check_free(registry, request, message);
        if (r >= 0)
                r = journal_busy(registry->machine->tree->root_fd, request->blocks, message);
        if (r < 0)
                return r;
        if (registry_count_running(registry) >= REGISTRY_RUNNING_MAX)
                return fail(message, -EMFILE, "%d jobs are running already; wait for one to end",
                            REGISTRY_RUNNING_MAX);

        r = add_job(registry, request, ret);
        return r < 0 ? fail(message, r, "cannot start a job: %s", strerror(-r)) : 0;
}

/* What is left of its time; 0: all the time there is. Microseconds. */
static uint64_t time_left(const struct registry *registry, uint64_t deadline)
{
        uint64_t now = machine_now(registry->machine);

        return deadline == 0 ? 0 : deadline > now ? deadline - now : 1;
}

static int recover(struct registry *registry, struct journal_found *found, bool go_on)
{
        const struct job_request request = {
                .verb = found->verb,
                .target = found->target,
                .blocks = &found->blocks,
                .dimm = found->dimm,
                .eject = found->eject,
                .options = found->options,
                .zone = found->zone,
                .timeout_usec = go_on ? time_left(registry, found->deadline) : 0,
                .found = found,
                .go_on = go_on,
        };
        struct job *job;
        int r;

        r = add_job(registry, &request, &job);
        if (r >= 0)
                recover_say_begin(job);
        return r;
}

void registry_recover(struct registry *registry, bool go_on)
{
        _cleanup_free_ char *problems = NULL;
        struct journal_found *found = NULL;
        size_t n = 0;
        int r;

        if (!registry->machine->tree->live || geteuid() != 0)
                return;
        r = journal_find(registry->machine->tree->root_fd, &found, &n, &problems);
        for (size_t i = 0; i < n; i++) {
                if (r >= 0)
                        r = recover(registry, &found[i], go_on || found[i].options.resume);
                journal_found_clear(&found[i]);
        }
        free(found);
        recover_say_problems(problems, r);
}

bool registry_has_block(const struct registry *registry, uint32_t block)
{
        const struct block_set one = { .numbers = &block, .n_numbers = 1 };
        uint32_t shared;

        for (size_t i = 0; i < registry->n_jobs; i++)
                if (registry->jobs[i]->state != JOB_FINISHED &&
                    block_set_share(&registry->jobs[i]->blocks, &one, &shared))
                        return true;
        return false;
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

struct job *registry_get(const struct registry *registry, size_t index)
{
        return registry->jobs[index];
}

void registry_cancel_all(struct registry *registry)
{
        for (size_t i = 0; i < registry->n_jobs; i++)
                job_abort(registry->jobs[i], JOB_RESULT_CANCELLED);
}
