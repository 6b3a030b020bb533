/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/plan.h"

#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/show/reason.h"
#include "cli/show/result.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

static json_object *cache_to_json(json_object *plan)
{
        json_object *cache = json_object_new_object();

        json_object_object_add(cache, "mode", value_or_null(plan, "cache"));
        json_object_object_add(cache, "drop_bytes", value_number_or_null(plan, "drop_bytes"));
        json_object_object_add(cache, "keep_bytes", value_number_or_null(plan, "keep_bytes"));
        json_object_object_add(cache, "cold_source", value_or_null(plan, "cold_source"));
        return cache;
}

static int print_json(const struct context *context, json_object *plan)
{
        static const char *const figures[] = { "pages_in_use", "needed_bytes", "available_bytes",
                                               "to_node" };
        _cleanup_json_ json_object *object = json_object_new_object();

        if (!object)
                return EXIT_FAILED;
        /* The keys of a job's result, for scripts that take either; a plan touches nothing. */
        json_object_object_add(object, "result", json_object_new_string(value_text(plan, "result")));
        json_object_object_add(object, "blocks_offlined", json_object_new_int(0));
        json_object_object_add(object, "pages_migrated", json_object_new_int(0));
        json_object_object_add(object, "seconds", json_object_new_int(0));
        for (size_t i = 0; i < ELEMENTSOF(figures); i++)
                json_object_object_add(object, figures[i], value_number_or_null(plan, figures[i]));
        json_object_object_add(object, "blocks", json_object_get(value_array(plan, "blocks")));
        json_object_object_add(object, "fence", json_object_new_boolean(value_flag(plan, "fence")));
        json_object_object_add(object, "take_used", json_object_new_boolean(value_flag(plan, "take_used")));
        json_object_object_add(object, "cache", cache_to_json(plan));
        json_object_object_add(object, "estimated_seconds", seconds_to_json(plan, "estimated_usec"));
        json_object_object_add(object, "notes", notes_to_json(value_array(plan, "notes")));
        json_object_object_add(object, "reasons", reasons_to_json(value_array(plan, "reasons")));
        return output_json(context, object);
}

/* What is what, and how much of it: "(not known)" is never 0. */
static char *size_of(json_object *plan, const char *name)
{
        return json_object_object_get_ex(plan, name, NULL) ? human_size(value_number(plan, name))
                                                           : strdup("not known");
}

static void print_amounts(const char *target, json_object *plan, size_t blocks)
{
        _cleanup_free_ char *needed = size_of(plan, "needed_bytes");
        _cleanup_free_ char *available = size_of(plan, "available_bytes");

        (void) printf("%s: can go offline, blocks: %zu", target, blocks);
        if (json_object_object_get_ex(plan, "pages_in_use", NULL))
                (void) printf(", pages in use: %" PRIu64 ", to find room: %s",
                              value_number(plan, "pages_in_use"), needed ? needed : "?");
        else
                (void) fputs(", pages in use: not known, the kernel does not let us count them", stdout);
        (void) printf(", room elsewhere: %s\n", available ? available : "?");
}

static void print_cache(json_object *plan)
{
        _cleanup_free_ char *drop = size_of(plan, "drop_bytes"), *keep = size_of(plan, "keep_bytes");
        const char *mode = value_text(plan, "cache"), *source = value_text(plan, "cold_source");
        bool judged = strcmp(mode, "auto") == 0 && strcmp(source, "none") != 0;

        if (!json_object_object_get_ex(plan, "drop_bytes", NULL))
                tell("cache:  %s; how much there is is not known", mode);
        else
                tell("cache:  %s: %s given back, %s moved%s%s%s", mode, drop ? drop : "?", keep ? keep : "?",
                     judged ? " (cold by " : "", judged ? source : "", judged ? ")" : "");
}

static void print_ways(json_object *plan)
{
        uint64_t usec = value_number(plan, "estimated_usec");

        if (value_flag(plan, "fence"))
                tell("fence:  raised around all blocks, so every page moves once%s",
                     value_flag(plan, "take_used") ? "; it takes what is in use, too" : "");
        else
                tell("fence:  none");
        print_cache(plan);
        if (json_object_object_get_ex(plan, "to_node", NULL))
                tell("to:     node %" PRIu64, value_number(plan, "to_node"));
        if (usec > 0)
                tell("time:   about %.1f s", (double) usec / 1e6);
        else
                tell("time:   not known, there was no such job yet");
}

static int64_t block_at(json_object *blocks, size_t i)
{
        return json_object_get_int64(json_object_array_get_idx(blocks, i));
}

static void print_order(json_object *blocks, size_t n)
{
        (void) fputs("order: ", stdout);
        for (size_t i = 0; i < n;) {
                int64_t first = block_at(blocks, i), last = first, step = 0;

                /* up or down, one by one */
                while (++i < n && (block_at(blocks, i) - last == 1 || block_at(blocks, i) - last == -1) &&
                       (step == 0 || block_at(blocks, i) - last == step)) {
                        step = block_at(blocks, i) - last;
                        last += step;
                }
                if (last == first)
                        (void) printf(" %" PRId64, first);
                else
                        (void) printf(" %" PRId64 "-%" PRId64, first, last);
        }
        (void) putchar('\n');
}

static void print_text(const char *target, json_object *plan)
{
        json_object *blocks = value_array(plan, "blocks"), *notes = value_array(plan, "notes");
        size_t n = blocks ? json_object_array_length(blocks) : 0;

        reasons_say(target, value_array(plan, "reasons"));
        if (strcmp(value_text(plan, "result"), MEMCTL_RESULT_DONE) != 0)
                return; /* how it is not done is no matter */
        print_amounts(target, plan, n);
        if (n == 0)
                return;
        print_ways(plan);
        notes_tell(notes);
        print_order(blocks, n);
}

int plan_print(const struct context *context, const char *target, json_object *plan)
{
        int status = result_status(value_text(plan, "result"));
        int printed;

        output_begin(context, true);
        if (context->output == OUTPUT_TEXT) {
                print_text(target, plan);
                printed = output_finish();
        } else
                printed = print_json(context, plan);
        return status != EXIT_DONE ? status : printed;
}
