/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/mapper.h"

#include "daemon/machine/listing.h"
#include "daemon/machine/text.h"
#include "daemon/pages/kpageflags.h"
#include "basic/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Entries of a pagemap read at once, and in a step. */
#define CHUNK_WORDS 8192
#define STEP_WORDS  65536

/* Each other thing that a step does counts as so many entries: opening a process, a line of maps, a pread.
 */
#define COST_PROCESS 2048
#define COST_MAP     64
#define COST_LOOK    32

/* A reservation of more than this, never filled, would take longer to read than is left of anybody's
 * patience.
 */
#define MAP_PAGES_MAX (UINT64_C(1) << 28)

/* Of a pagemap's entry. */
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_PFN     ((UINT64_C(1) << 55) - 1)

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
        bool blind;   /* some process could not be looked into */

        /* the process being looked into */
        uint32_t pid;
        FILE *maps; /* NULL: none */
        int pagemap;
        bool has_locked;
        uint64_t page, end; /* the mapping's pages still to read */
        uint64_t *entries;
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
        mapper->pagemap = mapper->flags_fd = -1;
        mapper->n_targets = n_targets < MAPPER_TARGETS_MAX ? n_targets : MAPPER_TARGETS_MAX;
        mapper->targets = calloc(mapper->n_targets ? mapper->n_targets : 1, sizeof(*mapper->targets));
        mapper->processes = calloc(MAPPER_PROCESSES_MAX, sizeof(*mapper->processes));
        mapper->entries = calloc(CHUNK_WORDS, sizeof(*mapper->entries));
        if (!mapper->targets || !mapper->processes || !mapper->entries)
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

static void close_process(struct mapper *mapper)
{
        if (mapper->maps)
                (void) fclose(mapper->maps);
        closep(&mapper->pagemap);
        mapper->maps = NULL;
        mapper->pagemap = -1;
        mapper->page = mapper->end = 0;
}

struct mapper *mapper_free(struct mapper *mapper)
{
        if (!mapper)
                return NULL;

        close_process(mapper);
        closep(&mapper->flags_fd);
        free(mapper->targets);
        free(mapper->processes);
        free(mapper->pids);
        free(mapper->entries);
        free(mapper);
        return NULL;
}

/* A process that has ended is none that could not be looked into. */
static void note_error(struct mapper *mapper, int error)
{
        if (error != ENOENT && error != ESRCH)
                mapper->blind = true;
}

static int open_of_process(struct mapper *mapper, const char *name)
{
        char path[48];
        int fd;

        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/%s", mapper->pid, name);
        fd = openat(mapper->tree->root_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
        if (fd < 0)
                note_error(mapper, errno);
        return fd;
}

/* Kernel threads map nothing: their maps are empty. */
static void open_process(struct mapper *mapper)
{
        _cleanup_free_ char *status = NULL;
        uint64_t locked = 0;
        char path[48];
        int fd;

        mapper->pid = mapper->pids[mapper->next_pid++];
        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/status", mapper->pid);
        status = text_read(mapper->tree->root_fd, path);
        mapper->has_locked = status && text_kib(status, "VmLck:", &locked) && locked > 0;
        if (mapper->n_plain == 0 && !mapper->has_locked)
                return;

        fd = open_of_process(mapper, "maps");
        if (fd < 0)
                return;
        mapper->maps = fdopen(fd, "re");
        if (!mapper->maps) {
                close(fd);
                return;
        }
        mapper->pagemap = open_of_process(mapper, "pagemap");
        if (mapper->pagemap < 0)
                close_process(mapper);
}

/* The next mapping whose pages may be in memory. */
static void next_mapping(struct mapper *mapper, uint64_t page_size)
{
        uint64_t start, end;
        char line[512], more[256], rights[8];

        if (!fgets(line, sizeof(line), mapper->maps)) {
                close_process(mapper);
                return;
        }
        /* a long name: the rest of the line is no mapping */
        if (!strchr(line, '\n'))
                while (fgets(more, sizeof(more), mapper->maps) && !strchr(more, '\n'))
                        ;
        if (sscanf(line, "%16" SCNx64 "-%16" SCNx64 " %7s", &start, &end, rights) != 3 || start >= end)
                return;
        if ((end - start) / page_size > MAP_PAGES_MAX) {
                mapper->blind = true;
                return;
        }
        mapper->page = start / page_size;
        mapper->end = end / page_size;
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

        if (mapper->n_processes > 0 && mapper->processes[mapper->n_processes - 1].pid == mapper->pid)
                return true;
        if (mapper->n_processes == MAPPER_PROCESSES_MAX)
                return false;
        process = &mapper->processes[mapper->n_processes++];
        process->pid = mapper->pid;
        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/comm", mapper->pid);
        if (attr_read(mapper->tree->root_fd, path, process->command, sizeof(process->command)) < 0)
                process->command[0] = '\0';
        return true;
}

/* What it cost, beyond reading the entry. */
static unsigned int found(struct mapper *mapper, struct mapper_target *target, uint64_t pfn)
{
        if (target->n_pids == MAPPER_PIDS_MAX ||
            (target->n_pids > 0 && target->pids[target->n_pids - 1] == mapper->pid))
                return 0;
        if (is_wanted(mapper, target, pfn) && name_process(mapper)) {
                target->pids[target->n_pids++] = mapper->pid;
                mapper->n_found++;
        }
        return COST_LOOK;
}

static unsigned int look_at(struct mapper *mapper, uint64_t entry)
{
        uint64_t pfn = entry & PAGEMAP_PFN;
        struct mapper_target *target;
        unsigned int cost = 0;

        /* pfn 0: the kernel does not show us pfns; nothing is mapped there */
        if (!(entry & PAGEMAP_PRESENT) || pfn == 0) {
                mapper->blind |= !!(entry & PAGEMAP_PRESENT);
                return 0;
        }
        target = find_target(mapper, 0, mapper->n_plain, pfn);
        if (target)
                cost += found(mapper, target, pfn);
        target = mapper->has_locked ? find_target(mapper, mapper->n_plain, mapper->n_targets, pfn) : NULL;
        if (target)
                cost += found(mapper, target, pfn);
        return cost;
}

/* What it cost, in entries. */
static unsigned int read_entries(struct mapper *mapper)
{
        uint64_t left = mapper->end - mapper->page;
        size_t words = left < CHUNK_WORDS ? (size_t) left : CHUNK_WORDS;
        unsigned int cost;
        ssize_t n;

        n = pread(mapper->pagemap, mapper->entries, words * sizeof(*mapper->entries),
                  (off_t) (mapper->page * sizeof(*mapper->entries)));
        if (n < (ssize_t) sizeof(*mapper->entries)) {
                /* nothing there: the mapping, or the process, is gone */
                if (n < 0)
                        note_error(mapper, errno);
                mapper->page = mapper->end;
                return COST_MAP;
        }
        words = (size_t) n / sizeof(*mapper->entries);
        cost = (unsigned int) words;
        for (size_t i = 0; i < words; i++)
                cost += look_at(mapper, mapper->entries[i]);
        mapper->page += words;
        return cost;
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
        if (mapper->maps)
                *ret_pid = mapper->pid;
        else if (mapper->next_pid < mapper->n_pids)
                *ret_pid = mapper->pids[mapper->next_pid];
        else
                return 0;
        return 1;
}

int mapper_step(struct mapper *mapper)
{
        uint64_t page_size = mapper->tree->page_size;
        uint32_t pid;

        if (mapper_next(mapper, &pid) <= 0)
                return 0;
        if (!mapper->maps)
                open_process(mapper);
        for (unsigned int cost = COST_PROCESS; cost < STEP_WORDS && mapper->maps;) {
                if (mapper->page < mapper->end)
                        cost += read_entries(mapper);
                else {
                        next_mapping(mapper, page_size);
                        cost += COST_MAP;
                }
        }
        return mapper->maps || mapper->next_pid < mapper->n_pids;
}

void mapper_skip(struct mapper *mapper, uint32_t pid)
{
        close_process(mapper);
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
        packet_put(packet, &mapper->blind, sizeof(mapper->blind));
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
        return !mapper->blind;
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
