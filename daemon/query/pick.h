/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks at all blocks that may be taken for an amount of memory, and picks the cheapest.
 */
#ifndef MEMCTL_QUERY_PICK_H
#define MEMCTL_QUERY_PICK_H

#include "daemon/machine/machine.h"
#include "basic/job_options.h"
#include "daemon/plan/range.h"

struct pick_task;

/* The set is the handler's to keep (take it); with an error (-errno) it is empty, and message may say why.
 */
typedef void (*pick_done_t)(void *userdata, int error, const char *message, struct block_set *blocks);

/*
 * Starts to look at the candidates (copied) for so many of them as make up size, to be taken offline as the
 * options say. done is called once, from the loop; the task may be freed from within.
 */
int pick_task_new(struct machine *machine, const struct block_set *candidates, uint64_t size,
                  const struct offline_options *options, pick_done_t done, void *userdata,
                  struct pick_task **ret);
struct pick_task *pick_task_free(struct pick_task *task);
DEFINE_CLEANUP(struct pick_task *, pick_task_free)

#endif
