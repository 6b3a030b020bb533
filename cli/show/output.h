/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers on stdout: JSON by json-c, tables by libsmartcols from the same values.
 */
#ifndef MEMCTL_CLI_SHOW_OUTPUT_H
#define MEMCTL_CLI_SHOW_OUTPUT_H

#include "cli/context.h"
#include "cli/daemon/value.h"

enum column_kind {
        COLUMN_TEXT,  /* as it is; null as "-" */
        COLUMN_SIZE,  /* bytes, shown for people */
        COLUMN_COUNT, /* a number, right-aligned */
        COLUMN_LIST,  /* strings or numbers joined by "/" or "," */
};

/* A column of a table: the JSON key it shows. The JSON holds all keys, the table these. */
struct column {
        const char *key, *heading;
        enum column_kind kind;
};

/* Prints the object as the output asked for says. An exit status: stdout may be full or closed. */
int output_json(const struct context *context, json_object *object);

/* Prints an array of objects as a table. */
int output_table(json_object *rows, const struct column *columns, size_t n_columns);

/* {"key": rows} as JSON, or rows as a table; takes rows. */
int output_list(const struct context *context, const char *key, json_object *rows,
                const struct column *columns, size_t n_columns);

/* The elements of a list as one text, "-" when there is none; to be freed, NULL when memory is short. */
char *output_join(json_object *list, const char *between);

/* "0x%016x" */
json_object *output_address(uint64_t address);

/* Flushes stdout; EXIT_FAILED and a message when what was printed did not get out. */
int output_finish(void);

#endif
