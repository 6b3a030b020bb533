/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The matrix as a table: a line a kind, a column an operation, and below it why a cell is what it is.
 */
#ifndef MEMCTL_CLI_SHOW_MATRIX_H
#define MEMCTL_CLI_SHOW_MATRIX_H

#include "cli/run/context.h"

#include <json-c/json.h>

/* The answer that docs/json.md describes. An exit status. */
int matrix_print(const struct context *context, json_object *matrix);

#endif
