/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a job ended, or what a plan came to: for scripts, for people, and as an exit status.
 */
#ifndef MEMCTL_CLI_RESULT_H
#define MEMCTL_CLI_RESULT_H

#include "cli/context.h"
#include "cli/value.h"

/* Prints a finished job's result from its properties. The exit status that goes with it. */
int result_print(const struct context *context, json_object *job);

/* The same for the answer of Dimm.Plan. */
int plan_print(const struct context *context, const char *target, json_object *plan);

#endif
