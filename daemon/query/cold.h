/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks where blocks have clean page cache, and which of it is cold, in a process of its own.
 */
#ifndef MEMCTL_QUERY_COLD_H
#define MEMCTL_QUERY_COLD_H

#include "daemon/machine/machine.h"
#include "daemon/pages/cold.h"
#include "basic/job_options.h"
#include "daemon/plan/range.h"

struct cold_task;

/* cold is the handler's to keep (take it) or to clear. error: -errno, and cold is empty. */
typedef void (*cold_done_t)(void *userdata, int error, struct cold *cold);

/*
 * Starts to look at the blocks (copied). With CACHE_AUTO the LRU lists are asked what is cold; with the
 * other modes all cache counts as hot, since that makes no difference. done is called once, from the loop;
 * the task may be freed from within.
 *
 * watch: what a task like this has found, with a watcher (not NULL; borrowed for the call). That one looks
 * at what is cold there for a second and a half, and then all is looked at once more. Where it cannot, the
 * lists alone decide, and cold.note says so.
 */
int cold_task_new(struct machine *machine, const struct block_set *blocks, enum cache_mode mode,
                  const struct cold *watch, cold_done_t done, void *userdata, struct cold_task **ret);
struct cold_task *cold_task_free(struct cold_task *task);
DEFINE_CLEANUP(struct cold_task *, cold_task_free)

/* Is there a watcher to be asked, and enough that is cold to be worth the wait? */
bool cold_is_worth_watching(const struct cold *cold);

#endif
