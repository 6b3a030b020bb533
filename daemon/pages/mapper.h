/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes map given pages: /proc/PID/maps and /proc/PID/pagemap of all of them, a little at a time.
 * Processes come and go meanwhile; what one maps while the search is past it is not found.
 */
#ifndef MEMCTL_PAGES_MAPPER_H
#define MEMCTL_PAGES_MAPPER_H

#include "daemon/core/packet.h"
#include "daemon/machine/tree.h"
#include "uapi/memctl.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MAPPER_PIDS_MAX      16   /* named for each target */
#define MAPPER_PROCESSES_MAX 256  /* named in all */
#define MAPPER_TARGETS_MAX   8192 /* looked for */

/* Pages in a row that are looked for. */
struct mapper_target {
        uint64_t pfn, pages;
        uint8_t only; /* enum memctl_class: pages that kpageflags shows as this when they are found, or
                         MEMCTL_CLASS_UNSPEC: all */
        size_t id;    /* the caller's */
        uint32_t pids[MAPPER_PIDS_MAX]; /* who maps some of them, ascending as found, each once */
        size_t n_pids;
};

struct mapper_process {
        uint32_t pid;
        char command[20]; /* "" where it could not be read */
};

struct mapper;

/*
 * Copies the targets, which must not overlap unless one of two is about MEMCTL_CLASS_LRU_MLOCKED; more than
 * MAPPER_TARGETS_MAX are not looked for. 0 or -ENOMEM.
 */
int mapper_new(struct tree *tree, const struct mapper_target *targets, size_t n_targets,
               struct mapper **ret);
struct mapper *mapper_free(struct mapper *mapper);
DEFINE_CLEANUP(struct mapper *, mapper_free)

/*
 * The process that the next step looks into: 1, and *ret_pid; 0: the search is over; or why the list of
 * processes cannot be read.
 */
int mapper_next(struct mapper *mapper, uint32_t *ret_pid);

/*
 * Looks into that process: reads 65536 entries of its pagemap at most, about a millisecond, unless it has to
 * wait for its address space (mmap_lock), as long as it takes. 1: there is more to do; 0: the search is
 * over.
 */
int mapper_step(struct mapper *mapper);

/* Goes on with the processes that have a greater pid, and knows that it has not seen all. */
void mapper_skip(struct mapper *mapper, uint32_t pid);

/* Grows with what is found. */
size_t mapper_found(const struct mapper *mapper);

/* What was found, to a copy of the mapper in another process. 0 or -errno, and nothing is taken. */
void mapper_put(const struct mapper *mapper, struct packet *packet);
int mapper_get(struct mapper *mapper, struct packet_reader *reader);

/* Whether all processes could be looked into (those that ended meanwhile do not count). */
bool mapper_saw_all(const struct mapper *mapper);

/* As found so far: targets by pfn, processes by pid. They live as long as the mapper. */
const struct mapper_target *mapper_targets(const struct mapper *mapper, size_t *ret_n);
const struct mapper_process *mapper_processes(const struct mapper *mapper, size_t *ret_n);

#endif
