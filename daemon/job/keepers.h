/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What certainly keeps blocks from going offline, by block, class and owner, with the processes that map it.
 */
#ifndef MEMCTL_JOB_KEEPERS_H
#define MEMCTL_JOB_KEEPERS_H

#include "daemon/job/machine.h"
#include "daemon/model/survey.h"
#include "daemon/plan/offline.h"

struct keepers;

/* Called once, from the loop, when the search for processes is over; the keepers may be freed from within.
 */
typedef void (*keepers_done_t)(void *userdata);

/* Those of a survey, which must live as long. 0 or -ENOMEM. */
int keepers_new(const struct survey *survey, struct keepers **ret);
struct keepers *keepers_free(struct keepers *keepers);
DEFINE_CLEANUP(struct keepers *, keepers_free)

/*
 * Looks for the processes that map what is pinned, for two seconds at most: a refusal is wanted soon. 1:
 * that is under way, and done will be called; 0: there is nothing to look for, or no way to; -ENOMEM.
 */
int keepers_search(struct keepers *keepers, struct machine *machine, keepers_done_t done, void *userdata);

/*
 * For the planner, and how many in n: *ret is to be freed, its names and processes live as long as the
 * keepers and the survey. 0 or -ENOMEM.
 */
int keepers_list(const struct keepers *keepers, struct offline_keeper **ret, size_t *n);

#endif
