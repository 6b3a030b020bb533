/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a job ended: for scripts, for people, and as an exit status. And what plans and jobs print alike.
 */
#ifndef MEMCTL_CLI_SHOW_RESULT_H
#define MEMCTL_CLI_SHOW_RESULT_H

#include "cli/run/context.h"
#include "cli/daemon/value.h"

/* Prints a finished job's result from its properties. The exit status that goes with it. */
int result_print(const struct context *context, json_object *job);

/* The exit status of a result, as the bus calls it. */
int result_status(const char *result);

/* The exit status for a finished job: EXIT_NOT_PUT_BACK where blocks are not as they were. */
int result_job_status(json_object *job);

/* A member in microseconds as seconds with three decimals; NULL (null) where it is missing or 0. */
json_object *seconds_to_json(json_object *object, const char *name);

/* Notes (NULL: none) as a JSON array, which is the caller's; as lines of the answer; and as lines on stderr.
 */
json_object *notes_to_json(json_object *notes);
void notes_tell(json_object *notes);
void notes_say(const char *target, json_object *notes);

#endif
