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

#include "daemon/machine/machine.h"
#include "daemon/pages/cold.h"
#include "daemon/query/damon_admin.h"

/* Live machines only: elsewhere it is missing. */
enum damon_state damon_state(const struct tree *tree);

struct damon_watch;

/*
 * error: 0 and the ranges that it has not seen touched, the handler's to keep (take their array) or to
 * clear; -EBUSY: somebody else uses DAMON; another -errno. The watch may be freed from within.
 */
typedef void (*damon_done_t)(void *userdata, int error, struct cold_ranges *untouched);

/*
 * Starts to watch the blocks of a census that have cold pages. It looks at some pages of each at a time, so
 * what is used seldom, or in few places, escapes it. done is called once, from the loop. 0; -EBUSY as above;
 * -errno.
 */
int damon_watch_new(struct machine *machine, const struct cold *cold, damon_done_t done, void *userdata,
                    struct damon_watch **ret);
/* Turns DAMON off, if it is still on: that takes a moment, or the rest of the look. */
struct damon_watch *damon_watch_free(struct damon_watch *watch);
DEFINE_CLEANUP(struct damon_watch *, damon_watch_free)

/* Turns off what a memctld that died has left on. Nothing is said of failure: nothing depends on it. */
void damon_clear_left(const struct tree *tree);

#endif
