/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A finished job as JSON, and back.
 */
#ifndef MEMCTL_JOB_PAST_TEXT_H
#define MEMCTL_JOB_PAST_TEXT_H

#include "daemon/job/job.h"

/* Of each job, in its file: the last records; what is more is not kept. */
#define PAST_RECORDS_MAX 4096U
#define PAST_REASONS_MAX 1024U

/* One job's text. 0; -ENOMEM; or -EBADMSG with *message set: what is wrong. */
int past_parse(struct machine *machine, const char *text, job_changed_t changed, void *userdata,
               struct job **ret, char **message);

/* To be freed; NULL: there is no memory. */
char *past_text(const struct job *job);

#endif
