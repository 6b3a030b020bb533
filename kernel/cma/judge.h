/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What events leave to process context: causes are looked for, failures told, notes made.
 */
#ifndef MEMCTL_CMA_JUDGE_H
#define MEMCTL_CMA_JUDGE_H

/* Before the first event. */
void memctl_judge_init(void);

/* There is something to do. Any context but NMI, without a lock. */
void memctl_judge_soon(void);

/* From now on failures are told on netlink. */
void memctl_judge_tell(void);

/* Waits until what there was to do is done. Sleeps. */
void memctl_judge_settle(void);

/* Nothing is done any more. Sleeps. */
void memctl_judge_stop(void);

#endif /* MEMCTL_CMA_JUDGE_H */
