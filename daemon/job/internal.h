/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the files of job/: how the stages of a job hand over to one another. Nobody else includes this.
 *
 *   job.c (life) -> prepare.c (planning) -> guard.c -> forward.c (running) -> eject.c -> job_finish()
 *           |                                  |           |                   |
 *           +-> recover.c                      +-----------+-> rollback.c <----+
 *
 * recover.c begins where a memctld died: with prepare.c, eject.c or rollback.c.
 *
 * Each stage ends by calling the next one's start function. write.c does one block's write for both
 * directions, stuck.c finds out about a block that does not get empty, and one of them says how it went.
 */
#ifndef MEMCTL_JOB_INTERNAL_H
#define MEMCTL_JOB_INTERNAL_H

#include "daemon/job/job.h"
#include "daemon/journal/journal.h"

/* job.c */
void job_set_state(struct job *job, enum job_state state);
void job_set_stage(struct job *job, enum job_stage stage);
void job_notify(struct job *job);
void job_finish(struct job *job, enum job_result result);
/* Adds a reason; memory being short costs the reason, never the roll back. */
void job_reason(struct job *job, const struct reason *reason);
void job_record(struct job *job, uint32_t block, enum job_record_kind kind);
/* Arms the job's one timer: handler is called once, after usec. 0 or -errno. */
int job_tick(struct job *job, uint64_t usec, sd_event_time_handler_t handler);
void job_tick_stop(struct job *job);
void job_update_migrated(struct job *job);
bool job_is_offline(const struct job *job); /* its verb takes blocks offline */
uint64_t job_now(const struct job *job);    /* CLOCK_MONOTONIC, microseconds */
/* Adds a line to the job's notes; memory being short costs the line. */
void job_note(struct job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Takes back the reasons about a block that came right; REASON_NO_BLOCK: those about none. */
void job_unsay(struct job *job, uint32_t block);

/* remember.c: what later estimates go by. */
void job_remember(const struct job *job);

/*
 * Writes to the journal what is about to be done, or is; false: it could not be, and nothing may be done. On the way
 * back it is always true: to put back once more what was put back does no harm.
 */
bool job_mark(struct job *job, enum journal_mark mark, uint32_t block);

/*
 * recover.c: instead of prepare_start(), for a job with a journal of somebody who died, which is taken over. 0 or
 * -errno.
 */
int recover_start(struct job *job, struct journal_found *found, bool go_on);

/* prepare.c */
int prepare_start(struct job *job);

/* forward.c */
void forward_start(struct job *job);
void forward_next(struct job *job); /* the next step, or what comes after the last */
void forward_step_over(struct job *job, int error);
void forward_abort(struct job *job);
/* The job does not reach what was asked: puts all back, or keeps what went offline where that was asked. */
void forward_end(struct job *job, enum job_result result);

/* guard.c: what is held while blocks go offline. Both call forward_next(), the second when all is held, or forward_end(). */
void guard_start(struct job *job);
void guard_raise(struct job *job);        /* the fence */
bool guard_is_due(const struct job *job); /* before the next step, of which there is one, it is to be raised */
void guard_drop(struct job *job); /* all of it; also in the midst of guard_start() */
void guard_caches(struct job *job, bool hold); /* only the lease: a job that waits for long needs none */

/* eject.c */
void eject_start(struct job *job);
/* Waits for what comes of it; asked: it is certain that the firmware was. */
void eject_await(struct job *job, bool asked);
void eject_write_over(struct job *job, int error);

/* rollback.c */
void rollback_start(struct job *job, enum job_result result);
void rollback_step_over(struct job *job, int error);

/* write.c */
enum write_kind { WRITE_OFFLINE, WRITE_ONLINE_MOVABLE, WRITE_ONLINE_KERNEL };

/*
 * Writes the wanted state of a block when it is the job's turn, retries what the kernel answers with "busy" a few
 * times, and gives up on a block that makes no progress. Then forward_step_over() or rollback_step_over() is
 * called, by the job's state: 0 when the block is in the wanted state, -ETIMEDOUT when it was stuck (the reason has
 * been added), -ECANCELED after write_abort(), -ESTALE when the block is gone, another -errno as the kernel
 * said.
 */
void write_start(struct job *job, uint32_t block, enum write_kind kind);
void write_abort(struct job *job);
void write_over(struct job *job, int error); /* from the worker */
void write_again(struct job *job);           /* from stuck.c: the same block, with new attempts */
void write_report(struct job *job, int error);

/*
 * stuck.c: the write of "offline" is over, and the block did not get empty. Finds out why and adds the reason; then
 * calls write_again(), after a while, where the job is to wait, else write_report() with -ETIMEDOUT.
 */
void stuck_start(struct job *job, int error);
void stuck_drop(struct job *job); /* whatever it is at; without effect where it is at nothing */

#endif
