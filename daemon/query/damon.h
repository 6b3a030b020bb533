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
#include "daemon/query/damon_admin.h"

/* Live machines only: elsewhere it is missing. */
enum damon_state damon_state(const struct tree *tree);

/*
 * Watches the blocks of a census that have cold pages, and waits for it, then turns DAMON off. It looks at
 * some pages of each at a time, so what is used seldom, or in few places, escapes it. 0 and the ranges that
 * it has not seen touched, whose array is the caller's; -EBUSY: somebody else uses DAMON; another -errno.
 */
int damon_watch(const struct tree *tree, const struct cold *cold, struct cold_ranges *ret);

/* Turns off what a process of ours that died has left on, and waits for that. Nothing is said of failure:
 * nothing depends on it. */
void damon_clear_left(const struct tree *tree);

#endif
