/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/operation.h"

#include "basic/message.h"
#include "daemon/operation/arguments.h"
#include "daemon/operation/compact/work.h"
#include "daemon/operation/hugepages/work.h"
#include "daemon/operation/offline/work.h"
#include "daemon/operation/online/work.h"
#include "daemon/operation/recover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct operation {
        const struct job_operation *job;
        int (*new)(struct machine *machine, const struct operation_request *request,
                   struct journal_found *found, bool go_on, void **ret);
        enum claim_mode claim;
};

#define OFFLINE { &offline_operation, offline_new, CLAIM_EXCLUSIVE }
#define ONLINE  { &online_operation, online_new, CLAIM_EXCLUSIVE }

static const struct operation operations[_JOB_VERB_MAX] = {
        [JOB_BLOCK_OFFLINE] = OFFLINE,
        [JOB_BLOCK_ONLINE] = ONLINE,
        [JOB_DIMM_OFFLINE] = OFFLINE,
        [JOB_DIMM_ONLINE] = ONLINE,
        [JOB_DIMM_EJECT] = OFFLINE,
        [JOB_NODE_OFFLINE] = OFFLINE,
        [JOB_NODE_ONLINE] = ONLINE,
        [JOB_COMPACT] = { &compact_operation, compact_new, CLAIM_SHARED },
        [JOB_HUGEPAGES] = { &hugepages_operation, hugepages_new, CLAIM_SHARED },
};

enum job_verb operation_verb(const struct job *job)
{
        for (size_t i = 0; i < _JOB_VERB_MAX; i++)
                if (strcmp(job->name, job_verb_name((enum job_verb) i)) == 0)
                        return (enum job_verb) i;
        return _JOB_VERB_MAX;
}

static uint64_t block_pages(const struct machine *machine)
{
        return monitor_block_size(machine->monitor) / (uint64_t) sysconf(_SC_PAGESIZE);
}

static struct pfn_range range_of(const struct machine *machine, uint32_t block)
{
        return (struct pfn_range){
                .start = block * block_pages(machine),
                .end = (block + UINT64_C(1)) * block_pages(machine),
        };
}

/* Runs of blocks. 0 or -ENOMEM. */
static int list_ranges(const struct machine *machine, const struct block_set *blocks, struct pfn_range **ret,
                       size_t *ret_n)
{
        struct pfn_range *ranges = calloc(blocks->n_numbers ? blocks->n_numbers : 1, sizeof(*ranges));
        size_t n = 0;

        if (!ranges)
                return -ENOMEM;
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                struct pfn_range range = range_of(machine, blocks->numbers[i]);

                if (n > 0 && ranges[n - 1].end == range.start)
                        ranges[n - 1].end = range.end;
                else
                        ranges[n++] = range;
        }
        *ret = ranges;
        *ret_n = n;
        return 0;
}

/* found: NULL, or of a memctld that died. */
static int start(struct registry *registry, struct machine *machine, const struct operation_request *request,
                 struct journal_found *found, bool go_on, struct job **ret, char **message)
{
        const struct operation *operation = &operations[request->verb];
        _cleanup_free_ struct pfn_range *ranges = NULL;
        struct registry_claim claim = { .mode = operation->claim };
        char arguments[ARGUMENTS_MAX];
        struct job_request job = {
                .operation = operation->job,
                .name = job_verb_name(request->verb),
                .target = request->target,
                .arguments = arguments,
                .timeout_usec = request->timeout_usec,
                .recovered = found != NULL,
        };
        int r = list_ranges(machine, request->blocks, &ranges, &claim.n_ranges);

        claim.ranges = ranges;
        if (r >= 0)
                r = registry_check(registry, &claim, message);
        if (r >= 0 && !found)
                r = journal_busy(machine->tree->root_fd, request->blocks, message);
        if (r == -EAGAIN) { /* it is asked again when the journal is begun */
                free(TAKE_PTR(*message));
                r = 0;
        }
        if (r < 0 && *message)
                return r;
        if (r >= 0)
                r = operation->new(machine, request, found, go_on, &job.work);
        if (r < 0)
                return fail(message, r, "cannot start a job: %s", strerror(-r));
        arguments_say(request, arguments, sizeof(arguments));
        return registry_start(registry, &job, &claim, ret, message);
}

/* Said at once and in plain words, instead of by the first write that fails. */
static int check_may_write(const struct machine *machine, const struct operation_request *request,
                           char **message)
{
        char path[128];

        if (!machine->tree->live)
                return fail(message, -EOPNOTSUPP, "%s is not the running machine: it is read, never changed",
                            machine->tree->root);
        if (!job_verb_is_of_blocks(request->verb))
                return geteuid() == 0 ? 0
                                      : fail(message, -EACCES, "%s needs root, or memctld on the system bus",
                                             request->verb == JOB_COMPACT ? "compacting memory"
                                                                          : "reserving huge pages");
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

static bool makes_pieces(enum job_verb verb)
{
        return verb == JOB_COMPACT || verb == JOB_HUGEPAGES;
}

/* Two at once would each count on the same room, and use up what the other has made. */
static int check_pieces(const struct registry *registry, const struct operation_request *request,
                        char **message)
{
        if (!makes_pieces(request->verb))
                return 0;
        for (size_t i = 0; i < registry_count(registry); i++) {
                const struct job *job = registry_get(registry, i);
                enum job_verb verb = operation_verb(job);

                if (job->state != JOB_FINISHED && makes_pieces(verb))
                        return fail(message, -EBUSY, "job %u %s %s: one at a time", job->id,
                                    verb == JOB_COMPACT ? "compacts" : "reserves", job->target);
        }
        return 0;
}

int operation_start(struct registry *registry, struct machine *machine,
                    const struct operation_request *request, struct job **ret, char **message)
{
        int r = check_may_write(machine, request, message);

        if (r < 0)
                return r;
        /* another memctld may have died since we looked last: its blocks, and pools, come first */
        operation_recover(registry, machine, false);
        r = check_pieces(registry, request, message);
        if (r < 0)
                return r;
        return start(registry, machine, request, NULL, false, ret, message);
}

/* What is left of its time; 0: all the time there is. Microseconds. */
static uint64_t time_left(const struct machine *machine, uint64_t deadline)
{
        uint64_t now = machine_now(machine);

        return deadline == 0 ? 0 : deadline > now ? deadline - now : 1;
}

static int recover(struct registry *registry, struct machine *machine, struct journal_found *found,
                   bool go_on)
{
        const struct operation_request request = {
                .verb = found->verb,
                .target = found->target,
                .blocks = &found->blocks,
                .dimm = found->dimm,
                .eject = found->eject,
                .options = found->options,
                .zone = found->zone,
                .timeout_usec = go_on ? time_left(machine, found->deadline) : 0,
        };
        enum recover_way way = found->ejecting && !found->rolling_back ? RECOVER_EJECT
                               : go_on && job_verb_is_offline(found->verb) && !found->rolling_back
                                       ? RECOVER_GO_ON
                                       : RECOVER_BACK;
        _cleanup_free_ char *message = NULL;
        struct job *job = NULL;
        int r = start(registry, machine, &request, found, go_on, &job, &message);

        if (r >= 0 && job)
                recover_say_begin(job, way);
        return r;
}

void operation_recover(struct registry *registry, struct machine *machine, bool go_on)
{
        _cleanup_free_ char *problems = NULL;
        struct journal_found *found = NULL;
        size_t n = 0;
        int r;

        if (!machine->tree->live || geteuid() != 0)
                return;
        r = journal_find(machine->tree->root_fd, &found, &n, &problems);
        for (size_t i = 0; i < n; i++) {
                if (r >= 0)
                        r = recover(registry, machine, &found[i], go_on || found[i].options.resume);
                journal_found_clear(&found[i]);
        }
        free(found);
        recover_say_problems(problems, r);
}

void operation_say_end(const struct job *job)
{
        if (job->recovered && job->state == JOB_FINISHED)
                recover_say_end(job);
}

bool operation_has_block(const struct registry *registry, const struct machine *machine, uint32_t block)
{
        return registry_is_claimed(registry, CLAIM_EXCLUSIVE, range_of(machine, block));
}
