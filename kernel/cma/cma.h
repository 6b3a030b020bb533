/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CMA areas are watched from the load of the module to its end: what is allocated in them, by whom,
 * and what failed. Others see area.h, note.h and failure.h for what there is to tell.
 */
#ifndef MEMCTL_CMA_CMA_H
#define MEMCTL_CMA_CMA_H

/* A kernel that cannot be watched is no error. 0 or -ENOMEM. Sleeps, as does the other. */
int memctl_cma_init(void);
void memctl_cma_exit(void);

/*
 * Begins to tell of failures on netlink, once that is there; always 0. The end, before
 * it goes, sleeps.
 */
int memctl_cma_tell(void);
void memctl_cma_stop(void);

/* Why nothing is watched on this kernel, in a line for people; NULL: it is. */
const char *memctl_cma_refusal(void);

/* Waits until causes of what has failed so far were looked for: some 200 ms at most. Sleeps. */
void memctl_cma_settle(void);

#endif /* MEMCTL_CMA_CMA_H */
