/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What certainly keeps blocks from going offline, by block, class and owner, with the processes that map it.
 */
#ifndef MEMCTL_QUERY_BLOCKERS_H
#define MEMCTL_QUERY_BLOCKERS_H

#include "daemon/machine/machine.h"
#include "daemon/pages/survey.h"
#include "daemon/plan/offline.h"

struct blockers;

/* Called once, from the loop, when the search for processes is over; the blockers may be freed from within.
 */
typedef void (*blockers_done_t)(void *userdata);

/* Those of a survey, which must live as long. 0 or -ENOMEM. */
int blockers_new(const struct survey *survey, struct blockers **ret);
struct blockers *blockers_free(struct blockers *blockers);
DEFINE_CLEANUP(struct blockers *, blockers_free)

/*
 * Looks for the processes that map what is pinned, for two seconds at most: a refusal is wanted soon. 1:
 * that is under way, and done will be called; 0: there is nothing to look for, or no way to; -ENOMEM.
 */
int blockers_search(struct blockers *blockers, struct machine *machine, blockers_done_t done,
                    void *userdata);

/*
 * For the planner, and how many in n: *ret is to be freed, its names and processes live as long as the
 * blockers and the survey. 0 or -ENOMEM.
 */
int blockers_list(const struct blockers *blockers, struct offline_keeper **ret, size_t *n);

#endif
