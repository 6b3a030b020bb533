/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/why_text.h"

#include "cli/run/say.h"
#include "cli/show/advice.h"
#include "cli/show/output.h"
#include "cli/show/reason.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX 20 /* of what could be thousands: --json has them all */

char *numbers_in_short(json_object *numbers)
{
        size_t n = json_object_array_length(numbers), size;
        char *text = NULL;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        for (size_t i = 0; i < n;) {
                int64_t first = json_object_get_int64(json_object_array_get_idx(numbers, i)), last = first;

                (void) fprintf(f, "%s%" PRId64, i ? "," : "", first);
                while (++i < n && json_object_get_int64(json_object_array_get_idx(numbers, i)) == last + 1)
                        last++;
                if (last > first)
                        (void) fprintf(f, "-%" PRId64, last);
        }
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

/* Pages that do not move, or those of which that cannot be told. Locked memory is listed, too, but moves. */
static uint64_t sum_pages(json_object *owners, bool known)
{
        uint64_t sum = 0;

        for (size_t i = 0; i < json_object_array_length(owners); i++) {
                json_object *owner = json_object_array_get_idx(owners, i), *movable;
                bool is_known = json_object_object_get_ex(owner, "movable", &movable) && movable;

                if (is_known == known && !value_flag(owner, "movable"))
                        sum += value_number(owner, "pages");
        }
        return sum;
}

bool why_is_kept(json_object *owners)
{
        return sum_pages(owners, true) > 0 || sum_pages(owners, false) > 0;
}

/* What cannot be told is no answer that nothing keeps it. */
static void print_headline(json_object *why, const uint64_t *in_use)
{
        uint64_t kept = sum_pages(value_array(why, "owners"), true);
        uint64_t untold = sum_pages(value_array(why, "owners"), false);
        const char *target = value_text(why, "target");
        bool blind = json_object_array_length(value_array(why, "unknown")) > 0;
        bool refused = json_object_array_length(value_array(why, "reasons")) > 0;

        if (json_object_array_length(value_array(why, "blocks")) == 0)
                return;
        reasons_tell(target, value_array(why, "reasons"));
        if (strcmp(value_text(why, "source"), "none") == 0)
                tell("%s: what keeps it cannot be told", target);
        else if (kept > 0)
                tell("%s: %" PRIu64 " page%s it from going offline", target, kept,
                     kept == 1 ? " keeps" : "s keep");
        else if (refused)
                tell("%s: none of its pages is known to keep it", target);
        else if (untold == 0 && in_use && !blind)
                tell("%s: nothing keeps it: all its %" PRIu64 " pages in use move", target, *in_use);
        else
                tell("%s: nothing is known to keep it", target);
        if (untold > 0)
                tell("%s: whether they move cannot be told of %" PRIu64 " pages", target, untold);
}

static void print_offline(json_object *why)
{
        json_object *offline = value_array(why, "offline");
        _cleanup_free_ char *numbers = numbers_in_short(offline);
        size_t n = json_object_array_length(offline);

        if (n == 1)
                tell("block %s is offline: nothing is in it, and nothing keeps it", numbers ? numbers : "?");
        else if (n > 1)
                tell("blocks %s are offline: nothing is in them, and nothing keeps them",
                     numbers ? numbers : "?");
}

/* The first rows of a list under a heading; where there are more, that is said. */
static int print_table(const char *heading, json_object *rows, const struct column *columns,
                       size_t n_columns)
{
        _cleanup_json_ json_object *first = json_object_new_array();
        size_t n = json_object_array_length(rows);
        int status;

        if (n == 0)
                return EXIT_DONE;
        for (size_t i = 0; i < n && i < ROWS_MAX; i++)
                json_object_array_add(first, json_object_get(json_object_array_get_idx(rows, i)));
        tell("%s", "");
        tell("%s", heading);
        status = output_table(&(const struct context){ .no_pager = true }, first,
                              &(const struct columns){ .items = columns, .n = n_columns });
        if (n > ROWS_MAX)
                tell("and %zu more; --json has all", n - ROWS_MAX);
        return status;
}

static bool has_code(json_object *owner, const char *code)
{
        json_object *advice = value_array(owner, "advice");

        for (size_t i = 0; i < json_object_array_length(advice); i++)
                if (strcmp(json_object_get_string(json_object_array_get_idx(advice, i)), code) == 0)
                        return true;
        return false;
}

static const char *owner_name(json_object *owner)
{
        const char *name = value_text(owner, "owner");

        return *name ? name : value_text(owner, "class");
}

/* "anon" may be of more than one class. */
static bool is_named(json_object *names, const char *name)
{
        for (size_t i = 0; i < json_object_array_length(names); i++)
                if (strcmp(json_object_get_string(json_object_array_get_idx(names, i)), name) == 0)
                        return true;
        return false;
}

static void print_one_advice(json_object *owners, const char *code)
{
        _cleanup_json_ json_object *names = json_object_new_array();
        _cleanup_free_ char *joined = NULL;

        for (size_t i = 0; i < json_object_array_length(owners); i++) {
                json_object *owner = json_object_array_get_idx(owners, i);

                if (has_code(owner, code) && !is_named(names, owner_name(owner)) &&
                    json_object_array_length(names) < ROWS_MAX)
                        json_object_array_add(names, json_object_new_string(owner_name(owner)));
        }
        joined = output_join(names, ", ");
        tell("  %s: %s", joined ? joined : "?", advice_text(code));
}

/* Each advice once, with the owners that it is for. */
static void print_advice(json_object *owners)
{
        _cleanup_json_ json_object *said = json_object_new_object();

        for (size_t i = 0; i < json_object_array_length(owners); i++) {
                json_object *advice = value_array(json_object_array_get_idx(owners, i), "advice");

                for (size_t j = 0; j < json_object_array_length(advice); j++) {
                        const char *code = json_object_get_string(json_object_array_get_idx(advice, j));

                        if (json_object_object_get_ex(said, code, NULL))
                                continue;
                        if (json_object_object_length(said) == 0) {
                                tell("%s", "");
                                tell("what can be done:");
                        }
                        json_object_object_add(said, code, NULL);
                        print_one_advice(owners, code);
                }
        }
}

int why_text(json_object *why, const uint64_t *in_use)
{
        static const struct column owner_columns[] = {
                { "owner", "OWNER", COLUMN_TEXT, false },
                { "class", "CLASS", COLUMN_TEXT, false },
                { "movable", "MOVABLE", COLUMN_TEXT, false },
                { "pages", "PAGES", COLUMN_COUNT, false },
        };
        static const struct column keeper_columns[] = {
                { "block", "BLOCK", COLUMN_COUNT, false },
                { "start", "START", COLUMN_TEXT, false },
                { "end", "END", COLUMN_TEXT, false },
                { "pages", "PAGES", COLUMN_COUNT, false },
                { "class", "CLASS", COLUMN_TEXT, false },
                { "owner", "OWNER", COLUMN_TEXT, false },
                { "pids", "PIDS", COLUMN_LIST, false },
                { "allocated_by", "ALLOCATED BY", COLUMN_TEXT, false },
        };
        static const struct column process_columns[] = {
                { "pid", "PID", COLUMN_COUNT, false },
                { "command", "COMMAND", COLUMN_TEXT, false },
        };
        static const struct column place_columns[] = {
                { "bytes", "SIZE", COLUMN_SIZE, false },
                { "place", "PLACE", COLUMN_TEXT, false },
        };
        json_object *owners = value_array(why, "owners"), *places = value_array(why, "allocations");
        int status;

        print_headline(why, in_use);
        print_offline(why);
        status = print_table("by owner:", owners, owner_columns, ELEMENTSOF(owner_columns));
        if (status == EXIT_DONE)
                status = print_table("the first of these pages:", value_array(why, "keepers"),
                                     keeper_columns, ELEMENTSOF(keeper_columns));
        if (status == EXIT_DONE)
                status = print_table("processes:", value_array(why, "processes"), process_columns,
                                     ELEMENTSOF(process_columns));
        if (status == EXIT_DONE && places)
                status = print_table("places in the kernel that hold most memory, anywhere:", places,
                                     place_columns, ELEMENTSOF(place_columns));
        if (status == EXIT_DONE)
                print_advice(owners);
        return status == EXIT_DONE ? output_finish() : status;
}
