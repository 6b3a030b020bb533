/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/result.h"

#include "cli/run/say.h"
#include "cli/show/compact.h"
#include "cli/show/hugepages.h"
#include "cli/show/output.h"
#include "cli/show/reason.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

int result_status(const char *result)
{
        static const struct {
                const char *result;
                int status;
        } statuses[] = {
                { MEMCTL_RESULT_DONE, EXIT_DONE },
                { MEMCTL_RESULT_REFUSED, EXIT_REFUSED },
                { MEMCTL_RESULT_PARTIAL, EXIT_PARTIAL },
        };

        for (size_t i = 0; i < ELEMENTSOF(statuses); i++)
                if (strcmp(result, statuses[i].result) == 0)
                        return statuses[i].status;
        return EXIT_FAILED;
}

json_object *seconds_to_json(json_object *object, const char *name)
{
        double seconds = (double) value_number(object, name) / 1e6;
        char text[32];

        (void) snprintf(text, sizeof(text), "%.3f", seconds);
        return seconds > 0 ? json_object_new_double_s(seconds, text) : NULL;
}

json_object *notes_to_json(json_object *notes)
{
        return notes ? json_object_get(notes) : json_object_new_array();
}

static size_t count(json_object *list)
{
        return list ? json_object_array_length(list) : 0;
}

void notes_tell(json_object *notes)
{
        for (size_t i = 0; i < count(notes); i++)
                tell("note:   %s", json_object_get_string(json_object_array_get_idx(notes, i)));
}

void notes_say(const char *target, json_object *notes)
{
        for (size_t i = 0; i < count(notes); i++)
                hint("%s: note: %s", target, json_object_get_string(json_object_array_get_idx(notes, i)));
}

static bool is_online(json_object *job)
{
        static const char *const verbs[] = { "dimm-online", "block-online", "node-online" };

        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                if (strcmp(value_text(job, "Verb"), verbs[i]) == 0)
                        return true;
        return false;
}

static double seconds(json_object *job)
{
        return (double) value_number(job, "ElapsedUSec") / 1e6;
}

static void add_blocks(json_object *job, json_object *object)
{
        json_object_object_add(object, is_online(job) ? "blocks_onlined" : "blocks_offlined",
                               json_object_new_uint64(value_number(job, "BlocksDone")));
        json_object_object_add(object, "pages_in_use", value_number_or_null(job, "PagesInUse"));
}

static int print_json(const struct context *context, json_object *job)
{
        _cleanup_json_ json_object *object = json_object_new_object();
        char text[32];

        if (!object)
                return EXIT_FAILED;
        (void) snprintf(text, sizeof(text), "%.3f", seconds(job));
        json_object_object_add(object, "result", json_object_new_string(value_text(job, "Result")));
        if (compact_is_it(job))
                compact_to_json(job, object);
        else if (hugepages_is_it(job))
                hugepages_to_json(job, object);
        else
                add_blocks(job, object);
        json_object_object_add(object, "pages_migrated",
                               json_object_new_uint64(value_number(job, "PagesMigrated")));
        json_object_object_add(object, "seconds", json_object_new_double_s(seconds(job), text));
        if (context->job.eject || strcmp(value_text(job, "Verb"), "dimm-eject") == 0)
                json_object_object_add(object, "ejected",
                                       json_object_new_boolean(value_flag(job, "Ejected")));
        json_object_object_add(object, "notes", notes_to_json(value_array(job, "Notes")));
        json_object_object_add(object, "reasons", reasons_to_json(value_array(job, "Reasons")));
        return output_json(context, object);
}

static void print_done(json_object *job)
{
        bool partly = strcmp(value_text(job, "Result"), MEMCTL_RESULT_PARTIAL) == 0;
        json_object *in_use = value_number_or_null(job, "PagesInUse");

        (void) printf("%s: %s%s%s, blocks: %" PRIu64, value_text(job, "Target"), partly ? "partly " : "",
                      is_online(job) ? "online" : "offline", value_flag(job, "Ejected") ? ", ejected" : "",
                      value_number(job, "BlocksDone"));
        if (partly)
                (void) printf(" of %" PRIu64, value_number(job, "BlocksTotal"));
        if (in_use)
                (void) printf(", pages in use: %" PRIu64 ", moved: %" PRIu64, json_object_get_uint64(in_use),
                              value_number(job, "PagesMigrated"));
        (void) printf(", %.1f s\n", seconds(job));
        notes_tell(value_array(job, "Notes"));
        json_object_put(in_use);
}

/* Nothing of it is put back. */
static void print_compacted(const struct context *context, json_object *job)
{
        const char *result = value_text(job, "Result");

        reasons_say(value_text(job, "Target"), value_array(job, "Reasons"));
        if (context->quiet)
                return;
        (void) printf("%s: ", value_text(job, "Target"));
        if (strcmp(result, MEMCTL_RESULT_DONE) != 0)
                (void) printf("%s, ", result);
        compact_put(stdout, job);
        (void) printf(", pages moved: %" PRIu64 ", %.1f s\n", value_number(job, "PagesMigrated"),
                      seconds(job));
        notes_tell(value_array(job, "Notes"));
}

static void print_huge_pages(const struct context *context, json_object *job)
{
        const char *target = value_text(job, "Target"), *result = value_text(job, "Result");
        int status = result_job_status(job);

        reasons_say(target, value_array(job, "Reasons"));
        if (status == EXIT_DONE || status == EXIT_PARTIAL) {
                if (context->quiet)
                        return;
                (void) printf("%s: %s, ", target, result);
                hugepages_put(stdout, job);
                (void) printf(", pages moved: %" PRIu64 ", %.1f s\n", value_number(job, "PagesMigrated"),
                              seconds(job));
                notes_tell(value_array(job, "Notes"));
                return;
        }
        notes_say(target, value_array(job, "Notes"));
        if (status == EXIT_REFUSED)
                say("%s: refused, nothing was touched", target);
        else if (status == EXIT_NOT_PUT_BACK)
                say("%s: %s, and %" PRIu64 " huge pages could not be taken out again", target, result,
                    hugepages_added(job));
        else
                say("%s: %s, the pool is as it was", target, result);
}

static void print_text(const struct context *context, json_object *job)
{
        const char *target = value_text(job, "Target"), *result = value_text(job, "Result");
        int status = result_status(result);

        reasons_say(target, value_array(job, "Reasons"));
        if (status == EXIT_DONE || status == EXIT_PARTIAL) {
                if (!context->quiet)
                        print_done(job);
                return;
        }
        if (status == EXIT_REFUSED) {
                say("%s: refused, nothing was touched", target);
                return;
        }
        notes_say(target, value_array(job, "Notes"));
        if (value_number(job, "BlocksDone") == 0)
                say("%s: %s, everything is as it was", target, result);
        else
                say("%s: %s, and %" PRIu64 " blocks could not be put back", target, result,
                    value_number(job, "BlocksDone"));
}

int result_job_status(json_object *job)
{
        int status = result_status(value_text(job, "Result"));
        /* blocks or pools that it changed, and that still are, though it did not reach what was asked */
        uint64_t changed = hugepages_is_it(job) ? hugepages_added(job) : value_number(job, "BlocksDone");

        return status == EXIT_FAILED && changed > 0 ? EXIT_NOT_PUT_BACK : status;
}

int result_print(const struct context *context, json_object *job)
{
        int status = result_job_status(job);
        int printed;

        output_begin(context, false);
        if (context->output == OUTPUT_TEXT) {
                if (compact_is_it(job))
                        print_compacted(context, job);
                else if (hugepages_is_it(job))
                        print_huge_pages(context, job);
                else
                        print_text(context, job);
                printed = output_finish();
        } else
                printed = print_json(context, job);
        return status != EXIT_DONE ? status : printed;
}
