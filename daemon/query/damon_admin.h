/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of /sys/kernel/mm/damon/admin: one kdamond of ours, set up, on, and gone again.
 */
#ifndef MEMCTL_QUERY_DAMON_ADMIN_H
#define MEMCTL_QUERY_DAMON_ADMIN_H

#include "daemon/pages/cold.h"

#define DAMON_RUNTIME "/run/memctl/damon"

/*
 * How long it looks, in microseconds, and how often meanwhile. Linux 7.2 warns of sums that do not come out
 * even unless that number divides 10,000. The interval is no round one: by it a kdamond is known to be ours.
 */
#define DAMON_SAMPLES     50U
#define DAMON_SAMPLE_USEC 30013U
#define DAMON_LOOK_USEC   (DAMON_SAMPLES * (uint64_t) DAMON_SAMPLE_USEC)

enum damon_state {
        DAMON_MISSING, /* the kernel has none that watches physical memory, or we may not use it */
        DAMON_BUSY,    /* somebody has set it up */
        DAMON_FREE,
};

struct damon_admin;

/* Of the tree below root_fd. */
enum damon_state damon_admin_state(int root_fd);

/*
 * Sets up a kdamond that watches the ranges (of pfns), and keeps runtime, a path below root_fd, locked. 0;
 * -EBUSY when somebody else has DAMON; another -errno. Whatever was begun is undone then, as by
 * damon_admin_free().
 */
int damon_admin_new(int root_fd, const char *runtime, const struct cold_ranges *ranges,
                    struct damon_admin **ret);
struct damon_admin *damon_admin_free(struct damon_admin *admin);
DEFINE_CLEANUP(struct damon_admin *, damon_admin_free)

/* On. 0; -EBUSY: the kernel itself, or a module, is using DAMON; -errno. */
int damon_admin_start(struct damon_admin *admin);

/* Has the kernel show what was not touched: waits until the look is over. 0 or -errno. */
int damon_admin_update(struct damon_admin *admin);

/* The folder with the regions that were not touched. A file descriptor or -errno. */
int damon_admin_regions(const struct damon_admin *admin);

/* As damon_clear_left(), of this tree and file. */
void damon_admin_clear_left(int root_fd, const char *runtime);

#endif
