/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts memctl-matrix, and collects what it says.
 */
#ifndef MEMCTL_CLI_VERB_MATRIX_RUN_H
#define MEMCTL_CLI_VERB_MATRIX_RUN_H

#include "cli/run/context.h"

#include <json-c/json.h>

/* What a run will do to the machine, on stderr. An exit status. */
int matrix_say_plan(void);

/* An exit status, and with EXIT_DONE and EXIT_NOT_PUT_BACK *ret, which is the caller's. */
int matrix_run(const struct context *context, json_object **ret);

#endif
