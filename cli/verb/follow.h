/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a job, or joins one, and follows it to its end.
 */
#ifndef MEMCTL_CLI_VERB_FOLLOW_H
#define MEMCTL_CLI_VERB_FOLLOW_H

#include "cli/run/context.h"

/*
 * Sends the call, which answers with a job's path, follows the job with a progress line and prints how
 * it ended. Ctrl-C cancels it and goes on following while it is rolled back; a second Ctrl-C leaves it to
 * memctld. The exit status of the job.
 */
int follow_call(struct context *context, sd_bus_message *call);

/* Follows a job somebody started; Ctrl-C here only ends the following. */
int follow_job(struct context *context, const char *path);

/* Asks memctld to cancel a job. */
int follow_cancel(struct context *context, const char *path);

#endif
