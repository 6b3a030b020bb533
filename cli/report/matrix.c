/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which kinds of pages survive which operations on this kernel, as memctl matrix has tried it.
 */
#include "cli/show/matrix.h"
#include "cli/ask/column.h"
#include "cli/report/html.h"
#include "cli/report/sections.h"

#include <string.h>

#define COLUMNS_OF_GRID 32

/* What a cell's word is: for its colour, which only repeats it. */
static const char *class_of(const char *word)
{
        if (strcmp(word, "works") == 0)
                return "works";
        return strcmp(word, "-") == 0 || strcmp(word, "n/a") == 0         ? "none"
               : strcmp(word, "splits") == 0 || strcmp(word, "slow") == 0 ? "some"
                                                                          : "fails";
}

/* "block_offline" -> "block offline" */
static const char *heading_of(const char *key, char buf[static 64])
{
        (void) snprintf(buf, 64, "%s", key);
        for (char *c = buf; *c; c++)
                if (*c == '_')
                        *c = ' ';
        return buf;
}

static void put_row(FILE *file, json_object *row)
{
        html_row_heading(file, value_text(row, "kind"));
        for (size_t i = 1; i < matrix_grid.n; i++) {
                const char *word = value_text(row, matrix_grid.items[i].key);

                if (!*word)
                        word = "-";
                (void) fprintf(file, "<td class=\"v v-%s\">", class_of(word));
                html_text(file, word);
                (void) fputs("</td>", file);
        }
        (void) fputs("</tr>\n", file);
}

int section_matrix(FILE *file, const struct facts *facts)
{
        struct html_column columns[COLUMNS_OF_GRID] = { { "Kind of page", false } };
        char headings[COLUMNS_OF_GRID][64];
        _cleanup_json_ json_object *rows = NULL;

        if (*facts->why[FACT_MATRIX]) {
                html_missing(file, "Not known:", facts->why[FACT_MATRIX]);
                return 0;
        }
        (void) fputs("<p>Tried on ", file);
        html_put(file, "%s, on Linux %s", value_text(facts->matrix, "date"),
                 value_text(facts->matrix, "kernel"));
        (void) fputs(
                ". <strong>works</strong>: all of them moved, unchanged; <strong>splits</strong>: large "
                "folios "
                "came out small; <strong>slow</strong>; an error, or fails: they stay; n/a: this kernel "
                "cannot; -: not tried.</p>\n",
                file);
        for (size_t i = 1; i < matrix_grid.n && i < COLUMNS_OF_GRID; i++)
                columns[i] =
                        (struct html_column){ heading_of(matrix_grid.items[i].key, headings[i]), false };
        html_table(file, "Kinds of pages, and what becomes of them in each operation", columns,
                   matrix_grid.n);
        rows = matrix_rows(value_array(facts->matrix, "cells"));
        for (size_t i = 0; i < json_object_array_length(rows); i++)
                put_row(file, json_object_array_get_idx(rows, i));
        html_table_end(file);
        return 0;
}
