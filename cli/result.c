/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/result.h"

#include "cli/output.h"
#include "cli/reason.h"
#include "cli/say.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

static int status_of(const char *result)
{
        if (strcmp(result, MEMCTL_RESULT_DONE) == 0)
                return EXIT_DONE;
        return strcmp(result, MEMCTL_RESULT_REFUSED) == 0 ? EXIT_REFUSED : EXIT_FAILED;
}

static bool is_online(json_object *job)
{
        const char *verb = value_text(job, "Verb");

        return strcmp(verb, "dimm-online") == 0 || strcmp(verb, "block-online") == 0;
}

static double seconds(json_object *job)
{
        return (double) value_number(job, "ElapsedUSec") / 1e6;
}

static int print_json(const struct context *context, json_object *job)
{
        _cleanup_json_ json_object *object = json_object_new_object();
        char text[32];

        if (!object)
                return EXIT_FAILED;
        (void) snprintf(text, sizeof(text), "%.3f", seconds(job));
        json_object_object_add(object, "result", json_object_new_string(value_text(job, "Result")));
        json_object_object_add(object, is_online(job) ? "blocks_onlined" : "blocks_offlined",
                               json_object_new_uint64(value_number(job, "BlocksDone")));
        json_object_object_add(object, "pages_in_use", value_number_or_null(job, "PagesInUse"));
        json_object_object_add(object, "pages_migrated",
                               json_object_new_uint64(value_number(job, "PagesMigrated")));
        json_object_object_add(object, "seconds", json_object_new_double_s(seconds(job), text));
        if (context->eject || strcmp(value_text(job, "Verb"), "dimm-eject") == 0)
                json_object_object_add(object, "ejected",
                                       json_object_new_boolean(value_flag(job, "Ejected")));
        json_object_object_add(object, "reasons", reasons_to_json(value_array(job, "Reasons")));
        return output_json(context, object);
}

static void print_done(json_object *job)
{
        json_object *in_use = value_number_or_null(job, "PagesInUse");

        (void) printf("%s: %s%s, blocks: %" PRIu64, value_text(job, "Target"),
                      is_online(job) ? "online" : "offline", value_flag(job, "Ejected") ? ", ejected" : "",
                      value_number(job, "BlocksDone"));
        if (in_use)
                (void) printf(", pages in use: %" PRIu64 ", moved: %" PRIu64, json_object_get_uint64(in_use),
                              value_number(job, "PagesMigrated"));
        (void) printf(", %.1f s\n", seconds(job));
        json_object_put(in_use);
}

static void print_text(json_object *job)
{
        const char *target = value_text(job, "Target"), *result = value_text(job, "Result");

        reasons_say(target, value_array(job, "Reasons"));
        if (strcmp(result, MEMCTL_RESULT_DONE) == 0) {
                print_done(job);
                return;
        }
        if (strcmp(result, MEMCTL_RESULT_REFUSED) == 0)
                say("%s: refused, nothing was touched", target);
        else if (value_number(job, "BlocksDone") == 0)
                say("%s: %s, everything is as it was", target, result);
        else
                say("%s: %s, and %" PRIu64 " blocks could not be put back", target, result,
                    value_number(job, "BlocksDone"));
}

int result_print(const struct context *context, json_object *job)
{
        int status = status_of(value_text(job, "Result"));
        int printed;

        if (context->output == OUTPUT_TEXT) {
                print_text(job);
                printed = output_finish();
        } else
                printed = print_json(context, job);
        return status != EXIT_DONE ? status : printed;
}

static int plan_print_json(const struct context *context, json_object *plan)
{
        static const char *const figures[] = { "pages_in_use", "needed_bytes", "available_bytes" };
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
        json_object_object_add(object, "reasons", reasons_to_json(value_array(plan, "reasons")));
        return output_json(context, object);
}

static void plan_print_text(const char *target, json_object *plan)
{
        _cleanup_free_ char *needed = human_size(value_number(plan, "needed_bytes"));
        _cleanup_free_ char *available = human_size(value_number(plan, "available_bytes"));
        json_object *blocks = value_array(plan, "blocks");
        size_t n = blocks ? json_object_array_length(blocks) : 0;

        reasons_say(target, value_array(plan, "reasons"));
        if (strcmp(value_text(plan, "result"), MEMCTL_RESULT_DONE) != 0)
                return;
        (void) printf("%s: can go offline, blocks: %zu", target, n);
        if (json_object_object_get_ex(plan, "pages_in_use", NULL))
                (void) printf(", pages in use: %" PRIu64 " (%s)", value_number(plan, "pages_in_use"),
                              needed ? needed : "?");
        else
                (void) fputs(", pages in use: not known, the kernel does not let us count them", stdout);
        if (json_object_object_get_ex(plan, "available_bytes", NULL))
                (void) printf(", room elsewhere: %s", available ? available : "?");
        (void) putchar('\n');
        if (n > 0)
                (void) fputs("order:", stdout);
        for (size_t i = 0; i < n; i++)
                (void) printf(" %" PRId64, json_object_get_int64(json_object_array_get_idx(blocks, i)));
        if (n > 0)
                (void) putchar('\n');
}

int plan_print(const struct context *context, const char *target, json_object *plan)
{
        int status = status_of(value_text(plan, "result"));
        int printed;

        if (context->output == OUTPUT_TEXT) {
                plan_print_text(target, plan);
                printed = output_finish();
        } else
                printed = plan_print_json(context, plan);
        return status != EXIT_DONE ? status : printed;
}
