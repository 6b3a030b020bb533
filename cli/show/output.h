/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers on stdout: JSON by json-c, tables by libsmartcols from the same values.
 */
#ifndef MEMCTL_CLI_SHOW_OUTPUT_H
#define MEMCTL_CLI_SHOW_OUTPUT_H

#include "cli/ask/column.h"
#include "cli/daemon/value.h"

/* Prints the object as the output asked for says. An exit status: stdout may be full or closed. */
int output_json(const struct context *context, json_object *object);

/* An answer comes next: through a pager if it may be long. */
void output_begin(const struct context *context, bool may_be_long);

/* Prints an array of objects as a table. */
int output_table(const struct context *context, json_object *rows, const struct columns *columns);

/* {"key": rows} as JSON, or rows as a table, of the columns asked for; takes rows. */
int output_list(const struct context *context, const char *key, json_object *rows,
                const struct columns *columns);

/* The same; JSON also has the members of more (taken). */
int output_list_and(const struct context *context, const char *key, json_object *rows,
                    const struct columns *columns, json_object *more);

/*
 * A table with its own columns and headings: rows may be joined, and lines follow. Where somebody chose
 * columns or left out the headings, a script reads it.
 */
bool output_is_for_people(const struct context *context);

/* The object with the keys of the chosen columns alone; the same one when none are chosen. The caller's. */
json_object *output_choose(const struct context *context, json_object *row, const struct columns *columns);

/* Where JSON is asked for and there was no answer: {"error":{"code":...,"message":...}}, what was complained
 * of. */
void output_error(const struct context *context);

/* The elements of a list as one text, "-" when there is none; to be freed, NULL when memory is short. */
char *output_join(json_object *list, const char *between);

/* "0x%016x" */
json_object *output_address(uint64_t address);

/* Flushes stdout; EXIT_FAILED and a message when what was printed did not get out. */
int output_finish(void);

#endif
