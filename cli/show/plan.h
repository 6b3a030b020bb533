/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a plan to take memory offline came to: for scripts, for people, and as an exit status.
 */
#ifndef MEMCTL_CLI_SHOW_PLAN_H
#define MEMCTL_CLI_SHOW_PLAN_H

#include "cli/run/context.h"
#include "cli/daemon/value.h"

/* Prints the answer of Plan about target. The exit status that goes with it. */
int plan_print(const struct context *context, const char *target, json_object *plan);

#endif
