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

/*
 * The result's cells as rows: objects with "kind" and, by each operation's name, the verdict as a word or
 * the errno; the caller's. And the columns of these.
 */
json_object *matrix_rows(json_object *cells);
extern const struct columns matrix_grid;

#endif
