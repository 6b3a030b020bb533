/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/mapper.h"

#include "basic/attr.h"
#include "daemon/machine/listing.h"
#include "daemon/machine/text.h"
#include "daemon/pages/kpageflags.h"
#include "daemon/pages/process_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a step may cost, in entries of a pagemap, and what is beside reading those: opening a process, a
 * pread. */
#define STEP_COST    65536
#define COST_PROCESS 2048
#define COST_LOOK    32

struct mapper {
        struct tree *tree;
        struct mapper_target *targets; /* by pfn, those that are mlocked behind the others */
        size_t n_targets, n_plain;
        struct mapper_process *processes;
        size_t n_processes;
        bool listed;    /* pids are */
        uint32_t *pids; /* ascending */
        size_t n_pids, next_pid;
        uint32_t after; /* only those with a greater pid; 0: all */
        int flags_fd;   /* kpageflags; -1: not opened yet, or it cannot be */
        size_t n_found; /* of all targets, processes */
        bool blind;     /* not all processes are known, or another mapper was blind */
        struct process_pages process; /* the one being looked into */
        bool has_locked;              /* memory, that process */
};

static int on_pid(void *userdata, uint32_t pid)
{
        struct mapper *mapper = userdata;
        uint32_t *pids = mapper->pids;

        if (pid <= mapper->after)
                return 0;
        if ((mapper->n_pids & (mapper->n_pids - 1)) == 0) {
                pids = reallocarray(pids, mapper->n_pids ? mapper->n_pids * 2 : 1, sizeof(*pids));
                if (!pids)
                        return -ENOMEM;
                mapper->pids = pids;
        }
        pids[mapper->n_pids++] = pid;
        return 0;
}

static int compare_pids(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;

        return x < y ? -1 : x > y;
}

static bool is_about_locked(const struct mapper_target *target)
{
        return target->only == MEMCTL_CLASS_LRU_MLOCKED;
}

static int compare_targets(const void *a, const void *b)
{
        const struct mapper_target *x = a, *y = b;

        if (is_about_locked(x) != is_about_locked(y))
                return is_about_locked(x) ? 1 : -1;
        return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

int mapper_new(struct tree *tree, const struct mapper_target *targets, size_t n_targets, struct mapper **ret)
{
        _cleanup_(mapper_freep) struct mapper *mapper = NULL;

        if (tree->page_size == 0)
                return -ENODATA;
        mapper = calloc(1, sizeof(*mapper));
        if (!mapper)
                return -ENOMEM;
        mapper->tree = tree;
        mapper->flags_fd = -1;
        mapper->n_targets = n_targets < MAPPER_TARGETS_MAX ? n_targets : MAPPER_TARGETS_MAX;
        mapper->targets = calloc(mapper->n_targets ? mapper->n_targets : 1, sizeof(*mapper->targets));
        mapper->processes = calloc(MAPPER_PROCESSES_MAX, sizeof(*mapper->processes));
        if (!mapper->targets || !mapper->processes || process_pages_init(&mapper->process, tree) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < mapper->n_targets; i++) {
                mapper->targets[i] = targets[i];
                mapper->targets[i].n_pids = 0;
                mapper->n_plain += !is_about_locked(&targets[i]);
        }
        qsort(mapper->targets, mapper->n_targets, sizeof(*mapper->targets), compare_targets);
        *ret = TAKE_PTR(mapper);
        return 0;
}

struct mapper *mapper_free(struct mapper *mapper)
{
        if (!mapper)
                return NULL;

        process_pages_clear(&mapper->process);
        closep(&mapper->flags_fd);
        free(mapper->targets);
        free(mapper->processes);
        free(mapper->pids);
        free(mapper);
        return NULL;
}

static struct mapper_target *find_target(struct mapper *mapper, size_t from, size_t to, uint64_t pfn)
{
        while (from < to) {
                size_t middle = from + (to - from) / 2;
                struct mapper_target *target = &mapper->targets[middle];

                if (pfn < target->pfn)
                        to = middle;
                else if (pfn - target->pfn >= target->pages)
                        from = middle + 1;
                else
                        return target;
        }
        return NULL;
}

/* A page may have become another's since it was surveyed. */
static bool is_wanted(struct mapper *mapper, const struct mapper_target *target, uint64_t pfn)
{
        uint64_t flags;

        if (target->only == MEMCTL_CLASS_UNSPEC)
                return true;
        if (mapper->flags_fd < 0)
                mapper->flags_fd = openat(mapper->tree->root_fd, "proc/kpageflags",
                                          O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        return (pread(mapper->flags_fd, &flags, sizeof(flags), (off_t) (pfn * sizeof(flags))) ==
                        sizeof(flags) &&
                kpageflags_class(flags) == (enum memctl_class) target->only);
}

/* False when there is no room to name one more. */
static bool name_process(struct mapper *mapper)
{
        struct mapper_process *process;
        char path[48];

        if (mapper->n_processes > 0 && mapper->processes[mapper->n_processes - 1].pid == mapper->process.pid)
                return true;
        if (mapper->n_processes == MAPPER_PROCESSES_MAX)
                return false;
        process = &mapper->processes[mapper->n_processes++];
        process->pid = mapper->process.pid;
        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/comm", mapper->process.pid);
        if (attr_read(mapper->tree->root_fd, path, process->command, sizeof(process->command)) < 0)
                process->command[0] = '\0';
        return true;
}

/* What it cost, beyond reading the entry. */
static unsigned int found(struct mapper *mapper, struct mapper_target *target, uint64_t pfn)
{
        if (target->n_pids == MAPPER_PIDS_MAX ||
            (target->n_pids > 0 && target->pids[target->n_pids - 1] == mapper->process.pid))
                return 0;
        if (is_wanted(mapper, target, pfn) && name_process(mapper)) {
                target->pids[target->n_pids++] = mapper->process.pid;
                mapper->n_found++;
        }
        return COST_LOOK;
}

static unsigned int look_at(void *userdata, uint64_t pfn)
{
        struct mapper *mapper = userdata;
        struct mapper_target *target;
        unsigned int cost = 0;

        target = find_target(mapper, 0, mapper->n_plain, pfn);
        if (target)
                cost += found(mapper, target, pfn);
        target = mapper->has_locked ? find_target(mapper, mapper->n_plain, mapper->n_targets, pfn) : NULL;
        if (target)
                cost += found(mapper, target, pfn);
        return cost;
}

/* Kernel threads map nothing: their maps are empty. */
static void open_process(struct mapper *mapper, uint32_t pid)
{
        _cleanup_free_ char *status = NULL;
        uint64_t locked = 0;
        char path[48];

        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/status", pid);
        status = text_read(mapper->tree->root_fd, path);
        mapper->has_locked = status && text_kib(status, "VmLck:", &locked) && locked > 0;
        if (mapper->n_plain > 0 || mapper->has_locked)
                process_pages_open(&mapper->process, pid);
}

/* All that there are when the search begins. 0 or -errno. */
static int list_processes(struct mapper *mapper)
{
        int r;

        mapper->listed = true;
        r = list_numbered(mapper->tree->root_fd, "proc", "", on_pid, mapper);
        if (r < 0) {
                mapper->blind = true;
                mapper->n_pids = 0;
        }
        if (mapper->n_pids > 0)
                qsort(mapper->pids, mapper->n_pids, sizeof(*mapper->pids), compare_pids);
        return r;
}

int mapper_next(struct mapper *mapper, uint32_t *ret_pid)
{
        int r;

        *ret_pid = mapper->after;
        if (mapper->n_targets == 0)
                return 0;
        r = mapper->listed ? 0 : list_processes(mapper);
        if (r < 0)
                return r;
        if (mapper->process.maps)
                *ret_pid = mapper->process.pid;
        else if (mapper->next_pid < mapper->n_pids)
                *ret_pid = mapper->pids[mapper->next_pid];
        else
                return 0;
        return 1;
}

int mapper_step(struct mapper *mapper)
{
        unsigned int most = STEP_COST;
        uint32_t pid;

        if (mapper_next(mapper, &pid) <= 0)
                return 0;
        if (!mapper->process.maps) {
                open_process(mapper, mapper->pids[mapper->next_pid++]);
                most -= COST_PROCESS;
        }
        process_pages_read(&mapper->process, most, look_at, mapper);
        return mapper->process.maps || mapper->next_pid < mapper->n_pids;
}

void mapper_skip(struct mapper *mapper, uint32_t pid)
{
        process_pages_close(&mapper->process);
        mapper->listed = false;
        mapper->n_pids = mapper->next_pid = 0;
        free(mapper->pids);
        mapper->pids = NULL;
        mapper->after = pid;
        mapper->blind = true;
}

size_t mapper_found(const struct mapper *mapper)
{
        return mapper->n_found;
}

void mapper_put(const struct mapper *mapper, struct packet *packet)
{
        bool blind = !mapper_saw_all(mapper);

        packet_put(packet, &blind, sizeof(blind));
        packet_put_array(packet, mapper->processes, mapper->n_processes, sizeof(*mapper->processes));
        packet_put_array(packet, mapper->targets, mapper->n_targets, sizeof(*mapper->targets));
}

int mapper_get(struct mapper *mapper, struct packet_reader *reader)
{
        _cleanup_free_ struct mapper_process *processes = NULL;
        _cleanup_free_ struct mapper_target *targets = NULL;
        size_t n_processes, n_targets;
        bool blind;

        packet_get(reader, &blind, sizeof(blind));
        processes = packet_get_array(reader, sizeof(*processes), &n_processes);
        targets = packet_get_array(reader, sizeof(*targets), &n_targets);
        if (reader->error < 0)
                return reader->error;
        if (n_processes > MAPPER_PROCESSES_MAX || n_targets != mapper->n_targets)
                return -EBADMSG;
        mapper->blind |= blind;
        memcpy(mapper->processes, processes, n_processes * sizeof(*processes));
        mapper->n_processes = n_processes;
        memcpy(mapper->targets, targets, n_targets * sizeof(*targets));
        return 0;
}

bool mapper_saw_all(const struct mapper *mapper)
{
        return !mapper->blind && !mapper->process.blind;
}

const struct mapper_target *mapper_targets(const struct mapper *mapper, size_t *ret_n)
{
        *ret_n = mapper->n_targets;
        return mapper->targets;
}

const struct mapper_process *mapper_processes(const struct mapper *mapper, size_t *ret_n)
{
        *ret_n = mapper->n_processes;
        return mapper->processes;
}
