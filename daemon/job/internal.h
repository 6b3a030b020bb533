/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the files of job/: how the stages of a job hand over to one another. Nobody else includes this.
 *
 *   job.c (life) -> prepare.c (planning) -> forward.c (running) -> eject.c -> job_finish()
 *                                              |                     |
 *                                              +----> rollback.c <---+
 *
 * Each stage ends by calling the next one's start function. write.c does one block's write for both
 * directions and calls job_step_over() with how it went.
 */
#ifndef MEMCTL_JOB_INTERNAL_H
#define MEMCTL_JOB_INTERNAL_H

#include "daemon/job/job.h"

/* job.c */
void job_set_state(struct job *job, enum job_state state);
void job_notify(struct job *job);
void job_finish(struct job *job, enum job_result result);
/* Adds a reason; memory being short costs the reason, never the roll back. */
void job_reason(struct job *job, const struct reason *reason);
void job_record(struct job *job, uint32_t block, enum job_record_kind kind);
/* Arms the job's one timer: handler is called once, after usec. 0 or -errno. */
int job_tick(struct job *job, uint64_t usec, sd_event_time_handler_t handler);
void job_tick_stop(struct job *job);
void job_update_migrated(struct job *job);

/* prepare.c */
int prepare_start(struct job *job);

/* forward.c */
void forward_start(struct job *job);
void forward_step_over(struct job *job, int error);

/* eject.c */
void eject_start(struct job *job);
void eject_write_over(struct job *job, int error);

/* rollback.c */
void rollback_start(struct job *job, enum job_result result);
void rollback_step_over(struct job *job, int error);

/* write.c */
enum write_kind { WRITE_OFFLINE, WRITE_ONLINE_MOVABLE, WRITE_ONLINE_KERNEL };

/*
 * Writes the wanted state of a block, retries what the kernel answers with "busy" a few times, and gives up
 * on a block that makes no progress. Then forward_step_over() or rollback_step_over() is called, by
 * the job's state: 0 when the block is in the wanted state, -ETIMEDOUT when it was stuck (the reason has
 * been added), -ECANCELED after write_abort(), -ESTALE when the block is gone, another -errno as the kernel
 * said.
 */
void write_start(struct job *job, uint32_t block, enum write_kind kind);
void write_abort(struct job *job);
void write_over(struct job *job, int error); /* from the worker */

#endif
