/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lru-cache status, hold.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/daemon/request.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/command.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Microseconds as seconds, with the digits that are known. */
static json_object *seconds(uint64_t usec)
{
        char text[32];

        (void) snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
        return json_object_new_double_s((double) usec / 1e6, text);
}

static json_object *lease_rows(json_object *leases)
{
        json_object *rows = json_object_new_array();

        for (size_t i = 0; leases && i < json_object_array_length(leases); i++) {
                json_object *lease = json_object_array_get_idx(leases, i), *row = json_object_new_object();

                json_object_object_add(row, "pid", value_number_or_null(lease, "pid"));
                json_object_object_add(row, "command", value_or_null(lease, "command"));
                json_object_object_add(row, "seconds", seconds(value_number(lease, "held_usec")));
                json_object_object_add(row, "seconds_left", seconds(value_number(lease, "left_usec")));
                json_object_array_add(rows, row);
        }
        return rows;
}

static const struct column columns[] = {
        { "pid", "PID", COLUMN_COUNT, false },
        { "command", "COMMAND", COLUMN_TEXT, false },
        { "seconds", "SECONDS", COLUMN_COUNT, false },
        { "seconds_left", "LEFT", COLUMN_COUNT, false },
};

const struct columns lease_columns = COLUMNS(columns);

static int print_text(const struct context *context, json_object *cache, json_object *rows)
{
        output_begin(context, true);
        if (!value_flag(cache, "supported"))
                (void) printf("The LRU caches cannot be held off: %s\n", value_text(cache, "reason"));
        else
                (void) printf("The LRU caches are %s. A lease lasts %" PRIu64 " s at most.\n",
                              value_flag(cache, "disabled") ? "held off" : "in use",
                              value_number(cache, "longest_usec") / 1000000);
        return json_object_array_length(rows) > 0 ? output_table(context, rows, &lease_columns)
                                                  : output_finish();
}

int verb_lru_cache_status(struct context *context)
{
        _cleanup_json_ json_object *cache = NULL, *answer = json_object_new_object();
        json_object *rows, *longest;
        int status;

        status = value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "GetLruCache", NULL, &cache);
        if (status != EXIT_DONE)
                return status;
        rows = lease_rows(value_array(cache, "leases"));
        longest = value_number_or_null(cache, "longest_usec");
        json_object_object_add(answer, "supported", json_object_new_boolean(value_flag(cache, "supported")));
        json_object_object_add(answer, "reason", value_or_null(cache, "reason"));
        json_object_object_add(answer, "disabled", value_or_null(cache, "disabled"));
        json_object_object_add(answer, "longest_seconds",
                               longest ? seconds(json_object_get_uint64(longest)) : NULL);
        json_object_object_add(answer, "leases", rows);
        json_object_put(longest);
        return context->output == OUTPUT_TEXT ? print_text(context, cache, rows)
                                              : output_json(context, answer);
}

static int take(struct context *context, uint64_t *ret_id, uint64_t *ret_usec)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "HoldLruCache", &call);
        if (status == EXIT_DONE) {
                r = request_append_options(context, call);
                status = r < 0 ? client_failed(context, NULL, r) : client_call(context, call, &reply);
        }
        if (status == EXIT_DONE) {
                r = sd_bus_message_read(reply, "tt", ret_id, ret_usec);
                if (r < 0)
                        status = client_failed(context, NULL, r);
        }
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

/*
 * Whatever this answers, the lease ends when memctl does; it is asked to learn whether the lease lasted. A
 * memctld that is gone took it along, and must not be started for this.
 */
static void give_back(struct context *context, uint64_t id, uint64_t usec)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *call = NULL, *reply = NULL;
        int held = false, r;

        r = sd_bus_message_new_method_call(context->bus, &call, client_destination(context), MEMCTL_BUS_PATH,
                                           MEMCTL_IFACE_MANAGER, "ReleaseLruCache");
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, false);
        if (r >= 0)
                r = sd_bus_message_append(call, "t", id);
        if (r >= 0)
                r = sd_bus_call(context->bus, call, 0, &error, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "b", &held);
        if (r < 0)
                say("the lease ended before the command did, with memctld: the LRU caches came on again "
                    "(%s)",
                    error.message ? error.message : strerror(-r));
        else if (!held)
                say("the lease ended after %" PRIu64 ".%03" PRIu64
                    " s, before the command did: the LRU caches came on again",
                    usec / 1000000, usec % 1000000 / 1000);
        sd_bus_error_free(&error);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
}

int verb_lru_cache_hold(struct context *context)
{
        uint64_t id, usec;
        int status;

        status = take(context, &id, &usec);
        if (status != EXIT_DONE)
                return status;
        /* the arguments are the end of main()'s, and so end in NULL */
        status = command_run(context->args);
        give_back(context, id, usec);
        return status;
}
