/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lets DAMON watch physical memory for a while, through /sys/kernel/mm/damon/admin, and turns it off again.
 *
 * That folder is one for the whole machine: changing the number of kdamonds empties it, and is refused while
 * one runs. So DAMON is used only when there are none, and only for as long as one look takes. Whose kdamond
 * it is says a locked file, RUNTIME: where a memctld died, the next finds it unlocked.
 */
#ifndef MEMCTL_QUERY_DAMON_H
#define MEMCTL_QUERY_DAMON_H

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

/* Live machines only: elsewhere it is missing. */
enum damon_state damon_state(const struct tree *tree);

/*
 * Watches the blocks of a census that have cold pages, and waits for it, then turns DAMON off. It looks at some pages of
 * each at a time, so what is used seldom, or in few places, escapes it. 0 and the ranges that it has not seen touched,
 * whose array is the caller's; -EBUSY: somebody else uses DAMON; another -errno.
 */
int damon_watch(const struct tree *tree, const struct cold *cold, struct cold_ranges *ret);

/* Turns off what a process of ours that died has left on, and waits for that. Nothing is said of failure: nothing depends on it. */
void damon_clear_left(const struct tree *tree);

/*
 * What is watched apart, of the blocks that have cold pages: ranges of pfns, at most DAMON_RANGES_MAX,
 * ascending. With gaps, where there would be more. 0 or -ENOMEM.
 */
#define DAMON_RANGES_MAX 512U

int damon_ranges(const struct cold *cold, struct cold_ranges *ret);

/* The regions in a scheme's folder "tried_regions", by pfn. 0; -EBADMSG when they make no sense; or why not.
 */
int damon_read_regions(int directory_fd, uint64_t page_size, struct cold_ranges *ret);

#endif
