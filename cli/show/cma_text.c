/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_text.h"

#include "cli/run/say.h"
#include "cli/show/cma.h"
#include "cli/show/cma_failure.h"
#include "cli/show/cma_map.h"
#include "cli/show/output.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Rows of a table for people, and failures told in words. */
#define ROWS_MAX     20U
#define FAILURES_MAX 5U

static json_object *address_or_null(json_object *object, const char *name)
{
        return json_object_object_get_ex(object, name, NULL) ? output_address(value_number(object, name))
                                                             : NULL;
}

static json_object *seconds_or_null(json_object *object, const char *name)
{
        uint64_t usec = value_number(object, name);
        char text[32];

        if (!json_object_object_get_ex(object, name, NULL))
                return NULL;
        (void) snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
        return json_object_new_double_s((double) usec / 1e6, text);
}

static json_object *buffer_to_json(json_object *buffer)
{
        json_object *row = json_object_new_object();

        json_object_object_add(row, "inode", value_or_null(buffer, "inode"));
        json_object_object_add(row, "size", value_or_null(buffer, "size"));
        json_object_object_add(row, "count", value_or_null(buffer, "count"));
        json_object_object_add(row, "exporter", value_or_null(buffer, "exporter"));
        json_object_object_add(row, "name", value_or_null(buffer, "name"));
        json_object_object_add(row, "start", address_or_null(buffer, "start"));
        json_object_object_add(row, "pids", value_or_null(buffer, "pids"));
        json_object_object_add(row, "devices", value_or_null(buffer, "devices"));
        return row;
}

/* The buffer whose memory begins there; NULL: none that is known. */
static json_object *buffer_of(json_object *area, json_object *holder)
{
        json_object *buffers = value_array(area, "dma_bufs");

        if (!json_object_object_get_ex(holder, "start", NULL))
                return NULL;
        for (size_t i = 0; buffers && i < json_object_array_length(buffers); i++) {
                json_object *buffer = json_object_array_get_idx(buffers, i);

                if (json_object_object_get_ex(buffer, "start", NULL) &&
                    value_number(buffer, "start") == value_number(holder, "start"))
                        return buffer;
        }
        return NULL;
}

static json_object *holder_to_json(json_object *area, json_object *holder)
{
        json_object *row = json_object_new_object(), *buffer = buffer_of(area, holder);

        json_object_object_add(row, "start", address_or_null(holder, "start"));
        json_object_object_add(row, "size", value_or_null(holder, "size"));
        json_object_object_add(row, "align", value_or_null(holder, "align"));
        json_object_object_add(row, "pid", value_or_null(holder, "pid"));
        json_object_object_add(row, "command", value_or_null(holder, "command"));
        json_object_object_add(row, "owner", value_or_null(holder, "owner"));
        json_object_object_add(row, "seconds", seconds_or_null(holder, "age_usec"));
        json_object_object_add(row, "before", value_or_null(holder, "before"));
        json_object_object_add(row, "dma_buf", buffer ? value_or_null(buffer, "inode") : NULL);
        return row;
}

/* NULL, which is null, where the answer has no such list. */
static json_object *list_to_json(json_object *area, const char *name,
                                 json_object *(*to_json)(json_object *area, json_object *item))
{
        json_object *list = value_array(area, name), *rows;

        if (!list)
                return NULL;
        rows = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(list); i++)
                json_object_array_add(rows, to_json(area, json_object_array_get_idx(list, i)));
        return rows;
}

static json_object *buffer_row(json_object *area, json_object *buffer)
{
        (void) area;

        return buffer_to_json(buffer);
}

static json_object *failure_row(json_object *area, json_object *failure)
{
        (void) area;

        return cma_failure_to_json(failure);
}

/* [pid, command] as an object. */
static json_object *process_row(json_object *area, json_object *process)
{
        json_object *row = json_object_new_object();

        (void) area;

        json_object_object_add(row, "pid", json_object_get(json_object_array_get_idx(process, 0)));
        json_object_object_add(row, "command", json_object_get(json_object_array_get_idx(process, 1)));
        return row;
}

/* Allocations up to 1, 2, 4 ... pages; the last has all above. */
static json_object *sizes_to_json(json_object *area)
{
        json_object *counts = value_array(area, "by_order"), *rows;
        uint64_t pages = 1;

        if (!counts)
                return NULL;
        rows = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(counts); i++, pages *= 2) {
                json_object *count = json_object_array_get_idx(counts, i), *row;

                if (json_object_get_uint64(count) == 0)
                        continue;
                row = json_object_new_object();
                json_object_object_add(
                        row, "pages_max",
                        i + 1 < json_object_array_length(counts) ? json_object_new_uint64(pages) : NULL);
                json_object_object_add(row, "count", json_object_get(count));
                json_object_array_add(rows, row);
        }
        return rows;
}

static json_object *ranges_to_json(json_object *area)
{
        json_object *ranges = value_array(area, "ranges"), *rows = json_object_new_array();

        for (size_t i = 0; ranges && i < json_object_array_length(ranges); i++) {
                json_object *range = json_object_array_get_idx(ranges, i), *row = json_object_new_object();
                uint64_t size = json_object_get_uint64(json_object_array_get_idx(range, 1));

                json_object_object_add(
                        row, "start",
                        output_address(json_object_get_uint64(json_object_array_get_idx(range, 0))));
                json_object_object_add(row, "size", size ? json_object_new_uint64(size) : NULL);
                json_object_array_add(rows, row);
        }
        return rows;
}

json_object *cma_detail_to_json(json_object *area, const struct cma_map *map)
{
        json_object *row = cma_area_to_json(area, true);

        json_object_object_add(row, "ranges", ranges_to_json(area));
        json_object_object_add(row, "node", value_or_null(area, "node"));
        json_object_object_add(row, "zone", value_or_null(area, "zone"));
        json_object_object_add(row, "by_size", sizes_to_json(area));
        json_object_object_add(row, "by_cause", value_or_null(area, "by_cause"));
        json_object_object_add(row, "map", map ? cma_map_to_json(map) : NULL);
        json_object_object_add(row, "holders", list_to_json(area, "holders", holder_to_json));
        json_object_object_add(row, "holders_left_out", value_or_null(area, "holders_left_out"));
        json_object_object_add(row, "dma_bufs", list_to_json(area, "dma_bufs", buffer_row));
        json_object_object_add(row, "processes", list_to_json(area, "processes", process_row));
        json_object_object_add(row, "failures", list_to_json(area, "failures", failure_row));
        json_object_object_add(row, "missing", value_or_null(area, "notes"));
        return row;
}

static void print_heading(json_object *area)
{
        json_object *ranges = value_array(area, "ranges");
        const char *zone = value_text(area, "zone");
        char node[32] = "";

        if (json_object_object_get_ex(area, "node", NULL))
                (void) snprintf(node, sizeof(node), ", node %" PRIu64, value_number(area, "node"));
        tell("%s%s%s%s", value_text(area, "name"), node, *zone ? ", zone " : "", zone);
        for (size_t i = 0; ranges && i < json_object_array_length(ranges); i++) {
                json_object *range = json_object_array_get_idx(ranges, i);
                uint64_t start = json_object_get_uint64(json_object_array_get_idx(range, 0));
                uint64_t size = json_object_get_uint64(json_object_array_get_idx(range, 1));
                _cleanup_free_ char *text = human_size(size);

                if (size > 0)
                        tell("0x%016" PRIx64 "-0x%016" PRIx64 ", %s", start, start + size - 1,
                             text ? text : "?");
                else
                        tell("from 0x%016" PRIx64 " on", start);
        }
}

/* The first rows of a list under a heading; where there are more, that is said. Takes rows. */
static int print_table(const char *heading, json_object *rows, const struct column *columns,
                       size_t n_columns)
{
        _cleanup_json_ json_object *all = rows, *first = json_object_new_array();
        size_t n = rows ? json_object_array_length(rows) : 0;
        int status;

        if (n == 0)
                return EXIT_DONE;
        for (size_t i = 0; i < n && i < ROWS_MAX; i++)
                json_object_array_add(first, json_object_get(json_object_array_get_idx(all, i)));
        tell("%s", "");
        if (*heading)
                tell("%s", heading);
        status = output_table(&(const struct context){ .no_pager = true }, first,
                              &(const struct columns){ .items = columns, .n = n_columns });
        if (n > ROWS_MAX)
                tell("and %zu more; --json has all", n - ROWS_MAX);
        return status;
}

/* Where there is no column for what it is missing, because the caller may not know it. */
static json_object *holders_for_people(json_object *area)
{
        json_object *holders = value_array(area, "holders"), *rows = json_object_new_array();

        for (size_t i = 0; holders && i < json_object_array_length(holders); i++) {
                json_object *holder = json_object_array_get_idx(holders, i),
                            *buffer = buffer_of(area, holder);
                json_object *row = holder_to_json(area, holder);
                char age[32];

                json_object_object_add(
                        row, "age",
                        json_object_new_string(
                                value_flag(holder, "before")
                                        ? "before memctl.ko"
                                        : cma_age_text(value_number(holder, "age_usec"), age)));
                if (buffer)
                        json_object_object_add(
                                row, "dma_buf",
                                json_object_new_string(*value_text(buffer, "name")
                                                               ? value_text(buffer, "name")
                                                               : value_text(buffer, "exporter")));
                json_object_array_add(rows, row);
        }
        return rows;
}

static int print_holders(json_object *area)
{
        static const struct column columns[] = {
                { "start", "START", COLUMN_TEXT, false },     { "size", "SIZE", COLUMN_SIZE, false },
                { "pid", "PID", COLUMN_COUNT, false },        { "command", "COMMAND", COLUMN_TEXT, false },
                { "owner", "DRIVER", COLUMN_TEXT, false },    { "age", "AGE", COLUMN_TEXT, false },
                { "dma_buf", "DMA-BUF", COLUMN_TEXT, false },
        };
        uint64_t left_out = value_number(area, "holders_left_out");
        int status = print_table("who holds it:", holders_for_people(area), columns, ELEMENTSOF(columns));

        if (left_out > 0)
                tell("and %" PRIu64 " more, which are not told", left_out);
        return status;
}

static int print_buffers(json_object *area)
{
        static const struct column columns[] = {
                { "inode", "INODE", COLUMN_COUNT, false },    { "size", "SIZE", COLUMN_SIZE, false },
                { "name", "NAME", COLUMN_TEXT, false },       { "exporter", "EXPORTER", COLUMN_TEXT, false },
                { "pids", "OPEN IN", COLUMN_LIST, false },    { "devices", "DEVICES", COLUMN_LIST, false },
                { "start", "MEMORY AT", COLUMN_TEXT, false },
        };

        return print_table("dma-bufs of this machine, in this area or not:",
                           list_to_json(area, "dma_bufs", buffer_row), columns, ELEMENTSOF(columns));
}

static int print_causes(json_object *area)
{
        static const struct column columns[] = {
                { "cause", "FAILED BECAUSE", COLUMN_TEXT, false },
                { "count", "TIMES", COLUMN_COUNT, false },
        };
        json_object *causes = NULL, *rows = json_object_new_array();

        (void) json_object_object_get_ex(area, "by_cause", &causes);
        if (json_object_is_type(causes, json_type_object)) {
                json_object_object_foreach(causes, cause, count)
                {
                        json_object *row;

                        if (json_object_get_uint64(count) == 0)
                                continue;
                        row = json_object_new_object();
                        json_object_object_add(row, "cause", json_object_new_string(cma_cause_text(cause)));
                        json_object_object_add(row, "count", json_object_get(count));
                        json_object_array_add(rows, row);
                }
        }
        return print_table("", rows, columns, ELEMENTSOF(columns));
}

/* A larger area helps against some causes, and how large it had to be is known. */
static void tell_needed(json_object *area)
{
        uint64_t needed = value_number(area, "needed_bytes");
        _cleanup_free_ char *size = human_size(needed);

        if (needed > value_number(area, "total_bytes"))
                tell("  with %s nothing would have failed so far for want of room", size ? size : "?");
}

/* The last failures, newest first, and each advice once. */
static void print_failures(json_object *area)
{
        json_object *failures = value_array(area, "failures");
        _cleanup_json_ json_object *said = json_object_new_object();
        size_t n = failures ? json_object_array_length(failures) : 0;

        if (n > 0) {
                tell("%s", "");
                tell("the last failures:");
        }
        for (size_t i = 0; i < n && i < FAILURES_MAX; i++) {
                _cleanup_free_ char *text = cma_failure_text(json_object_array_get_idx(failures, n - 1 - i));

                tell("  %s", text ? text : "?");
        }
        for (size_t i = 0; i < n && i < FAILURES_MAX; i++) {
                const char *cause = value_text(json_object_array_get_idx(failures, n - 1 - i), "cause");

                if (json_object_object_get_ex(said, cause, NULL) || !*cma_cause_advice(cause))
                        continue;
                if (json_object_object_length(said) == 0) {
                        tell("%s", "");
                        tell("what can be done:");
                }
                json_object_object_add(said, cause, NULL);
                tell("  %s: %s", cma_cause_text(cause), cma_cause_advice(cause));
        }
        if (json_object_object_length(said) > 0)
                tell_needed(area);
}

int cma_detail_print(const struct context *context, json_object *area, const struct cma_map *map)
{
        static const struct column figures[] = {
                { "figure", "FIGURE", COLUMN_TEXT, false },
                { "value", "VALUE", COLUMN_COUNT, false },
                { "source", "SOURCE", COLUMN_TEXT, false },
        };
        int status, r = 0;

        output_begin(context, true);
        print_heading(area);
        status = print_table("", cma_area_figures(area), figures, ELEMENTSOF(figures));
        if (status == EXIT_DONE && map) {
                tell("%s", "");
                r = cma_map_text(context, map, value_array(area, "holders"));
        }
        if (r < 0) {
                complain("failed", "%s", strerror(-r));
                return EXIT_FAILED;
        }
        if (status == EXIT_DONE)
                status = print_holders(area);
        if (status == EXIT_DONE)
                status = print_buffers(area);
        if (status == EXIT_DONE)
                status = print_causes(area);
        if (status != EXIT_DONE)
                return status;
        print_failures(area);
        return output_finish();
}
