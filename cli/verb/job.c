/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * job list, show, cancel, wait.
 */
#include "basic/number.h"
#include "basic/quote.h"
#include "cli/daemon/client.h"
#include "cli/daemon/reasons.h"
#include "cli/run/say.h"
#include "cli/show/compact.h"
#include "cli/show/output.h"
#include "cli/show/reason.h"
#include "cli/show/result.h"
#include "cli/verb/follow.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

#include <inttypes.h>

static json_object *job_row(json_object *job)
{
        json_object *row = json_object_new_object();
        uint64_t current = value_number(job, "CurrentBlock");
        char text[32];
        const char *stage = value_text(job, "Stage");
        double seconds = (double) value_number(job, "ElapsedUSec") / 1e6;
        const char *result = value_text(job, "Result");

        (void) snprintf(text, sizeof(text), "%.3f", seconds);
        json_object_object_add(row, "job", json_object_new_uint64(value_number(job, "Id")));
        json_object_object_add(row, "verb", json_object_new_string(value_text(job, "Verb")));
        json_object_object_add(row, "target", json_object_new_string(value_text(job, "Target")));
        json_object_object_add(row, "state", json_object_new_string(value_text(job, "State")));
        json_object_object_add(row, "stage", *stage ? json_object_new_string(stage) : NULL);
        json_object_object_add(row, "result", *result ? json_object_new_string(result) : NULL);
        json_object_object_add(row, "blocks_total",
                               json_object_new_uint64(value_number(job, "BlocksTotal")));
        json_object_object_add(row, "blocks_done", json_object_new_uint64(value_number(job, "BlocksDone")));
        json_object_object_add(row, "current_block",
                               current == MEMCTL_NONE ? NULL : json_object_new_uint64(current));
        json_object_object_add(row, "pages_in_use", value_number_or_null(job, "PagesInUse"));
        json_object_object_add(row, "pages_migrated",
                               json_object_new_uint64(value_number(job, "PagesMigrated")));
        json_object_object_add(row, "pages_held", json_object_new_uint64(value_number(job, "PagesHeld")));
        json_object_object_add(row, "seconds", json_object_new_double_s(seconds, text));
        json_object_object_add(row, "estimated_seconds", seconds_to_json(job, "EstimatedUSec"));
        json_object_object_add(row, "recovered", json_object_new_boolean(value_flag(job, "Recovered")));
        json_object_object_add(row, "figures", compact_figures(job));
        json_object_object_add(row, "notes", notes_to_json(value_array(job, "Notes")));
        json_object_object_add(row, "reasons", reasons_to_json(value_array(job, "Reasons")));
        return row;
}

static const struct column columns[] = {
        { "job", "JOB", COLUMN_COUNT, false },
        { "verb", "VERB", COLUMN_TEXT, false },
        { "target", "TARGET", COLUMN_TEXT, false },
        { "state", "STATE", COLUMN_TEXT, false },
        { "stage", "STAGE", COLUMN_TEXT, false },
        { "result", "RESULT", COLUMN_TEXT, false },
        { "blocks_done", "DONE", COLUMN_COUNT, false },
        { "blocks_total", "BLOCKS", COLUMN_COUNT, false },
        { "pages_migrated", "MOVED", COLUMN_COUNT, false },
        { "seconds", "SECONDS", COLUMN_COUNT, false },
        { "current_block", "CURRENT", COLUMN_COUNT, true },
        { "pages_in_use", "USED", COLUMN_COUNT, true },
        { "pages_held", "HELD", COLUMN_COUNT, true },
        { "estimated_seconds", "ESTIMATED", COLUMN_COUNT, true },
        { "recovered", "RECOVERED", COLUMN_TEXT, true },
};

const struct columns job_columns = COLUMNS(columns);

static int compare_rows(const void *a, const void *b)
{
        json_object *const *x = a, *const *y = b;
        uint64_t first = value_number(*x, "job"), second = value_number(*y, "job");

        return first < second ? -1 : first > second;
}

int verb_job_list(struct context *context)
{
        _cleanup_json_ json_object *jobs = NULL;
        json_object *rows;
        int status;

        status = value_get_managed(context, MEMCTL_IFACE_JOB, &jobs);
        if (status != EXIT_DONE)
                return status;
        rows = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(jobs); i++) {
                json_object *job = json_object_array_get_idx(jobs, i);

                if (context->output != OUTPUT_TEXT) /* a table shows none */
                        reasons_complete(context, job);
                json_object_array_add(rows, job_row(job));
        }
        json_object_array_sort(rows, compare_rows);
        return output_list(context, "jobs", rows, &job_columns);
}

/* Room for the path of any job. */
#define JOB_PATH_MAX (sizeof(MEMCTL_PATH_JOB) + 12)

static int job_path(const char *text, char path[static JOB_PATH_MAX])
{
        char quoted[QUOTE_MAX];
        uint32_t id;

        if (parse_u32(text, 10, &id) < 0) {
                complain("usage", "%s: accepted is the number of a job, as job list shows it",
                         quote(text, quoted));
                return EXIT_USAGE;
        }
        (void) snprintf(path, JOB_PATH_MAX, MEMCTL_PATH_JOB "/%" PRIu32, id);
        return EXIT_DONE;
}

/* The job's properties, or a message that names it. */
static int get_job(struct context *context, const char *text, char path[static JOB_PATH_MAX],
                   json_object **ret)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        int status, r;

        status = job_path(text, path);
        if (status != EXIT_DONE)
                return status;
        r = sd_bus_call_method(context->bus, client_destination(context), path,
                               "org.freedesktop.DBus.Properties", "GetAll", &error, &reply, "s",
                               MEMCTL_IFACE_JOB);
        if (r < 0 && (sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
                      sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_INTERFACE))) {
                complain("not_found", "job %s: there is no such job, or it ended long ago", text);
                status = EXIT_NOT_FOUND;
        } else if (r < 0)
                status = client_failed(context, &error, r);
        else {
                r = value_read(reply, ret);
                status = r < 0 ? client_failed(context, NULL, r) : EXIT_DONE;
        }
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        return status;
}

/* What does not fit into a table. */
static void say_more(json_object *jobs)
{
        for (size_t i = 0; i < json_object_array_length(jobs); i++) {
                json_object *job = json_object_array_get_idx(jobs, i);
                const char *target = value_text(job, "Target");

                if (value_flag(job, "Recovered"))
                        hint("%s: begun by a memctld that died", target);
                notes_say(target, value_array(job, "Notes"));
                reasons_say(target, value_array(job, "Reasons"));
        }
}

int verb_job_show(struct context *context)
{
        _cleanup_json_ json_object *jobs = json_object_new_array();
        json_object *rows = json_object_new_array();
        int status;

        for (size_t i = 0; i < context->n_args; i++) {
                json_object *job = NULL;
                char path[JOB_PATH_MAX];

                status = get_job(context, context->args[i], path, &job);
                if (status != EXIT_DONE) {
                        json_object_put(rows);
                        return status;
                }
                reasons_complete(context, job);
                json_object_array_add(jobs, job);
                json_object_array_add(rows, job_row(job));
        }
        status = output_list(context, "jobs", rows, &job_columns);
        if (context->output == OUTPUT_TEXT)
                say_more(jobs);
        return status;
}

/* Does it to the job asked for, once that is known to be there. */
static int with_job(struct context *context, int (*action)(struct context *context, const char *path))
{
        _cleanup_json_ json_object *job = NULL;
        char path[JOB_PATH_MAX];
        int status;

        status = get_job(context, context->args[0], path, &job);
        return status == EXIT_DONE ? action(context, path) : status;
}

int verb_job_cancel(struct context *context)
{
        return with_job(context, follow_cancel);
}

int verb_job_wait(struct context *context)
{
        return with_job(context, follow_job);
}
