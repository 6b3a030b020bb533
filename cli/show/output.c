/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/output.h"

#include "cli/run/say.h"
#include "cli/show/pager.h"

#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>

/* Of one run, which is all that there is: an error is no second answer. */
static bool answered;

void output_begin(const struct context *context, bool may_be_long)
{
        answered = true;
        if (may_be_long)
                pager_open(context);
}

int output_finish(void)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return EXIT_DONE;
        if (errno == EPIPE && pager_is_open())
                return EXIT_DONE; /* who reads has seen enough */
        if (errno != EPIPE)
                complain("failed", "cannot write the answer: %s", strerror(errno));
        return EXIT_FAILED;
}

int output_json(const struct context *context, json_object *object)
{
        int flags =
                JSON_C_TO_STRING_NOSLASHESCAPE |
                (context->output == OUTPUT_JSON_PRETTY ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN);
        const char *text = object ? json_object_to_json_string_ext(object, flags) : NULL;

        if (!text) {
                complain("failed", "%s", strerror(ENOMEM));
                return EXIT_FAILED;
        }
        output_begin(context, true);
        (void) puts(text);
        return output_finish();
}

void output_error(const struct context *context)
{
        _cleanup_json_ json_object *object = json_object_new_object();
        json_object *error = json_object_new_object();
        const char *code, *message = complaint(&code);

        json_object_object_add(object, "error", error);
        if (!message || answered || context->output == OUTPUT_TEXT)
                return;
        json_object_object_add(error, "code", json_object_new_string(code));
        json_object_object_add(error, "message", json_object_new_string(message));
        (void) output_json(context, object);
}

json_object *output_address(uint64_t address)
{
        char text[19];

        (void) snprintf(text, sizeof(text), "0x%016" PRIx64, address);
        return json_object_new_string(text);
}

char *output_join(json_object *list, const char *between)
{
        char *joined = NULL;
        size_t size, n = json_object_array_length(list);
        FILE *f = open_memstream(&joined, &size);

        if (!f)
                return NULL;
        for (size_t i = 0; i < n; i++)
                (void) fprintf(f, "%s%s", i ? between : "",
                               json_object_get_string(json_object_array_get_idx(list, i)));
        if (n == 0)
                (void) fputc('-', f);
        if (fclose(f) != 0) {
                free(joined);
                return NULL;
        }
        return joined;
}

/* libsmartcols replaces control characters by itself. */
static char *cell_text(json_object *row, const struct column *column)
{
        json_object *value;

        if (!json_object_object_get_ex(row, column->key, &value) || !value)
                return strdup("-");
        if (column->kind == COLUMN_SIZE)
                return human_size(json_object_get_uint64(value));
        if (column->kind == COLUMN_LIST && json_object_is_type(value, json_type_array))
                return output_join(value, "/");
        if (json_object_is_type(value, json_type_boolean))
                return strdup(json_object_get_boolean(value) ? "yes" : "no");
        return strdup(json_object_get_string(value));
}

static int fill_table(struct libscols_table *table, json_object *rows, const struct column *columns,
                      size_t n_columns)
{
        for (size_t i = 0; i < n_columns; i++) {
                bool right = columns[i].kind == COLUMN_SIZE || columns[i].kind == COLUMN_COUNT;

                if (!scols_table_new_column(table, columns[i].heading, 0, right ? SCOLS_FL_RIGHT : 0))
                        return -ENOMEM;
        }
        for (size_t i = 0; i < json_object_array_length(rows); i++) {
                struct libscols_line *line = scols_table_new_line(table, NULL);

                for (size_t j = 0; line && j < n_columns; j++) {
                        char *text = cell_text(json_object_array_get_idx(rows, i), &columns[j]);

                        if (!text || scols_line_refer_data(line, j, text) < 0) {
                                free(text);
                                return -ENOMEM;
                        }
                }
                if (!line)
                        return -ENOMEM;
        }
        return 0;
}

int output_table(const struct context *context, json_object *rows, const struct columns *columns)
{
        struct libscols_table *table = scols_new_table();
        struct column shown[COLUMNS_MAX];
        size_t n = columns_shown(context, columns, shown);
        int r;

        if (!table)
                return EXIT_FAILED;
        r = scols_table_enable_noheadings(table, context->no_headings);
        if (r >= 0)
                r = fill_table(table, rows, shown, n);
        output_begin(context, true);
        if (r >= 0)
                r = scols_print_table(table);
        scols_unref_table(table);
        if (r < 0) {
                complain("failed", "cannot print the table: %s", strerror(-r));
                return EXIT_FAILED;
        }
        return output_finish();
}

json_object *output_choose(const struct context *context, json_object *row, const struct columns *columns)
{
        json_object *chosen, *value;

        if (context->n_chosen == 0)
                return json_object_get(row);
        chosen = json_object_new_object();
        for (size_t i = 0; i < context->n_chosen; i++) {
                const char *key = columns->items[context->chosen[i]].key;

                if (json_object_object_get_ex(row, key, &value))
                        json_object_object_add(chosen, key, json_object_get(value));
        }
        return chosen;
}

bool output_is_for_people(const struct context *context)
{
        return context->output == OUTPUT_TEXT && context->n_chosen == 0 && !context->no_headings;
}

int output_list(const struct context *context, const char *key, json_object *rows,
                const struct columns *columns)
{
        return output_list_and(context, key, rows, columns, json_object_new_object());
}

int output_list_and(const struct context *context, const char *key, json_object *rows,
                    const struct columns *columns, json_object *more)
{
        _cleanup_json_ json_object *object = json_object_new_object();
        json_object *chosen;
        int status;

        if (context->output == OUTPUT_TEXT) {
                status = output_table(context, rows, columns);
                json_object_put(rows);
                json_object_put(more);
                return status;
        }
        chosen = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(rows); i++)
                json_object_array_add(chosen,
                                      output_choose(context, json_object_array_get_idx(rows, i), columns));
        json_object_put(rows);
        json_object_object_add(object, key, chosen);
        json_object_object_foreach(more, name, value)
                json_object_object_add(object, name, json_object_get(value));
        json_object_put(more);
        return output_json(context, object);
}
