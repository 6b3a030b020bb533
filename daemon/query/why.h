/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What keeps blocks from going offline: a survey, the processes that map what it found, and who allocated
 * what is the kernel's.
 */
#ifndef MEMCTL_QUERY_WHY_H
#define MEMCTL_QUERY_WHY_H

#include "daemon/machine/machine.h"
#include "daemon/pages/allocinfo.h"
#include "daemon/pages/survey.h"
#include "daemon/plan/range.h"
#include "daemon/plan/unmovable.h"
#include "daemon/query/mapping.h"

/* Keepers told of in all; those of each block are cut to its share. */
#define WHY_KEEPERS_MAX 4096

struct why_owner {
        struct owned_pages pages;
        enum movability movable;
        unsigned int advice; /* bits 1 << enum advice */
        bool searched;       /* for processes, and what was not found is not there */
        uint32_t pids[MAPPER_PIDS_MAX];
        size_t n_pids;
};

struct why_keeper {
        const struct survey_keeper *pages;
        bool searched;
        uint32_t pids[MAPPER_PIDS_MAX];
        size_t n_pids;
        char *allocated_by; /* or NULL */
};

struct why_report {
        bool only_counted; /* nobody looked for processes and allocations, nor may keepers be told */
        uint64_t block_size;
        struct block_set blocks, offline; /* looked at, and not */
        struct survey survey;
        struct why_owner *owners;
        size_t n_owners;
        struct why_keeper *keepers;
        size_t n_keepers;
        struct mapper_process *processes; /* all that are named, by pid */
        size_t n_processes;
        bool has_allocations;
        struct allocation_list allocations;
};

void why_report_clear(struct why_report *report);

struct why_task;

/*
 * The report is the handler's to keep (take it) or to clear. With an error there is none, and message may
 * say why: -EOPNOTSUPP: there is no source for a survey.
 */
typedef void (*why_done_t)(void *userdata, int error, const char *message, struct why_report *report);

/* How long it is worth to look for processes when somebody waits for just that. */
#define WHY_MAPPING_USEC (20 * UINT64_C(1000000))

/*
 * Starts to find out about the blocks (copied), and looks for processes that long (microseconds). done is called
 * once, from the loop; it may free the task.
 */
int why_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec, why_done_t done,
                 void *userdata, struct why_task **ret);

/*
 * Counts only, for callers who may not know more: looks for no process and no allocation, and holds no LRU cache off.
 * Before the loop runs again.
 */
void why_task_only_count(struct why_task *task);

struct why_task *why_task_free(struct why_task *task);
DEFINE_CLEANUP(struct why_task *, why_task_free)

#endif
