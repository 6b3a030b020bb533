/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of a verb's table: what is shown when nothing is asked for, and what --output chooses.
 */
#ifndef MEMCTL_CLI_ASK_COLUMN_H
#define MEMCTL_CLI_ASK_COLUMN_H

#include "cli/run/context.h"

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
        bool extra; /* only where it is asked for */
};

struct columns {
        const struct column *items;
        size_t n; /* at most COLUMNS_MAX */
};

/* The shown columns of an array of them. */
#define COLUMNS(array) ((const struct columns){ .items = (array), .n = ELEMENTSOF(array) })

/*
 * Reads "BLOCK,STATE" or "+DRIVER" (those shown anyway, and more) into the context. A name is a heading or a
 * JSON key, in upper or lower case. False, with *bad and *n_bad the name that is no column, or one too many;
 * or the empty one.
 */
bool columns_choose(const struct columns *columns, const char *text, struct context *context,
                    const char **bad, size_t *n_bad);

/* The columns to show: those chosen, else those that are not extra. Returns how many; ret has room for
 * COLUMNS_MAX. */
size_t columns_shown(const struct context *context, const struct columns *columns,
                     struct column ret[static COLUMNS_MAX]);

#endif
