/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/matrix.h"

#include "cli/daemon/value.h"
#include "cli/show/output.h"

#include <string.h>

/* A column an operation: as many as there are. */
static const struct column columns[] = {
        { "kind", "KIND", COLUMN_TEXT, false },
        { "compaction", "COMPACT", COLUMN_TEXT, false },
        { "block_offline", "OFFLINE", COLUMN_TEXT, false },
        { "reserve", "RESERVE", COLUMN_TEXT, false },
        { "move_pages", "MOVE_PG", COLUMN_TEXT, false },
        { "migrate_pages", "MIGRATE", COLUMN_TEXT, false },
        { "mbind", "MBIND", COLUMN_TEXT, false },
        { "swap", "SWAP", COLUMN_TEXT, false },
        { "zswap", "ZSWAP", COLUMN_TEXT, false },
        { "collapse", "COLLAPSE", COLUMN_TEXT, false },
        { "damos", "DAMOS", COLUMN_TEXT, false },
        { "soft_offline", "SOFT_OFF", COLUMN_TEXT, false },
        { "hard_poison", "POISON", COLUMN_TEXT, false },
};

const struct columns matrix_grid = COLUMNS(columns);

/* What fits into a cell: the error says more than that it fails. */
static const char *cell_word(json_object *cell)
{
        const char *verdict = value_text(cell, "verdict"), *error = value_text(cell, "errno");

        if (strcmp(verdict, "fails") == 0 && *error)
                return error;
        if (strcmp(verdict, "not_supported") == 0)
                return "n/a";
        return strcmp(verdict, "not_tried") == 0 ? "-" : verdict;
}

static json_object *row_of(json_object *rows, const char *kind)
{
        json_object *row;

        for (size_t i = 0; i < json_object_array_length(rows); i++) {
                row = json_object_array_get_idx(rows, i);
                if (strcmp(value_text(row, "kind"), kind) == 0)
                        return row;
        }
        row = json_object_new_object();
        json_object_object_add(row, "kind", json_object_new_string(kind));
        json_object_array_add(rows, row);
        return row;
}

json_object *matrix_rows(json_object *cells)
{
        json_object *rows = json_object_new_array();

        for (size_t i = 0; i < json_object_array_length(cells); i++) {
                json_object *cell = json_object_array_get_idx(cells, i);

                json_object_object_add(row_of(rows, value_text(cell, "kind")), value_text(cell, "operation"),
                                       json_object_new_string(cell_word(cell)));
        }
        return rows;
}

/* Each text once, with the cells that it is of. */
static void print_notes(json_object *cells, const char *key)
{
        _cleanup_json_ json_object *texts = json_object_new_object();

        for (size_t i = 0; i < json_object_array_length(cells); i++) {
                json_object *cell = json_object_array_get_idx(cells, i), *places;
                const char *text = value_text(cell, key);
                char place[96];

                /* what is known of a cell that was not tried is no news of it */
                if (!*text || (strcmp(key, "known") == 0 && *cell_word(cell) == '-'))
                        continue;
                if (!json_object_object_get_ex(texts, text, &places)) {
                        places = json_object_new_array();
                        json_object_object_add(texts, text, places);
                }
                (void) snprintf(place, sizeof(place), "%s x %s", value_text(cell, "kind"),
                                value_text(cell, "operation"));
                json_object_array_add(places, json_object_new_string(place));
        }
        json_object_object_foreach(texts, text, places)
        {
                size_t n = json_object_array_length(places);

                (void) printf("  %s: %s", json_object_get_string(json_object_array_get_idx(places, 0)),
                              text);
                if (n > 1)
                        (void) printf(" (and %zu other cells)", n - 1);
                (void) putchar('\n');
        }
}

int matrix_print(const struct context *context, json_object *matrix)
{
        json_object *cells = value_array(matrix, "cells");
        _cleanup_json_ json_object *rows = NULL;
        int status;

        output_begin(context, true);
        (void) printf("Kernel %s, tried on %s in %.0f s\n\n", value_text(matrix, "kernel"),
                      value_text(matrix, "date"),
                      json_object_get_double(json_object_object_get(matrix, "seconds")));
        rows = matrix_rows(cells);
        status = output_table(context, rows, &matrix_grid);
        if (status != EXIT_DONE)
                return status;
        (void) printf("\nworks: all of them moved, unchanged; splits: large folios came out small; slow; an "
                      "error,\n"
                      "or fails: they stay; n/a: this kernel cannot; -: not tried. --json has pages and "
                      "folios.\n\n");
        print_notes(cells, "note");
        print_notes(cells, "known");
        return output_finish();
}
