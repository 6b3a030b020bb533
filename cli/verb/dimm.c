/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dimm list, show, plan, offline, online, eject.
 */
#include "cli/verb/dimm.h"

#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/failing.h"
#include "cli/verb/object.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

static json_object *text_or_null(json_object *object, const char *name)
{
        const char *text = value_text(object, name);

        return *text ? json_object_new_string(text) : NULL;
}

static json_object *count_or_null(json_object *object, const char *name)
{
        json_object *value;

        if (!json_object_object_get_ex(object, name, &value) || json_object_get_int64(value) < 0)
                return NULL;
        return json_object_get(value);
}

static json_object *dimm_row(json_object *dimm, const struct failing *failing)
{
        json_object *row = json_object_new_object();

        json_object_object_add(row, "dimm", text_or_null(dimm, "Name"));
        json_object_object_add(row, "label", text_or_null(dimm, "Label"));
        json_object_object_add(row, "start", output_address(value_number(dimm, "Start")));
        json_object_object_add(row, "end", output_address(value_number(dimm, "End")));
        json_object_object_add(row, "size", json_object_new_uint64(value_number(dimm, "Size")));
        json_object_object_add(row, "node", count_or_null(dimm, "Node"));
        json_object_object_add(row, "blocks", json_object_get(value_array(dimm, "Blocks")));
        json_object_object_add(row, "online_bytes",
                               json_object_new_uint64(value_number(dimm, "OnlineBytes")));
        json_object_object_add(row, "offline_bytes",
                               json_object_new_uint64(value_number(dimm, "OfflineBytes")));
        json_object_object_add(row, "ejectable", json_object_new_boolean(value_flag(dimm, "Ejectable")));
        json_object_object_add(row, "corrected_errors", count_or_null(dimm, "CorrectedErrors"));
        json_object_object_add(row, "uncorrected_errors", count_or_null(dimm, "UncorrectedErrors"));
        json_object_object_add(row, "bad_pages", failing_bad_pages(failing, value_text(dimm, "Name")));
        return row;
}

static const struct column columns[] = {
        { "dimm", "DIMM", COLUMN_TEXT, false },
        { "label", "LABEL", COLUMN_TEXT, false },
        { "start", "START", COLUMN_TEXT, false },
        { "end", "END", COLUMN_TEXT, false },
        { "size", "SIZE", COLUMN_SIZE, false },
        { "node", "NODE", COLUMN_COUNT, false },
        { "online_bytes", "ONLINE", COLUMN_SIZE, false },
        { "offline_bytes", "OFFLINE", COLUMN_SIZE, false },
        { "ejectable", "EJECTABLE", COLUMN_TEXT, false },
        { "corrected_errors", "CORRECTED", COLUMN_COUNT, false },
        { "uncorrected_errors", "UNCORRECTED", COLUMN_COUNT, false },
        { "bad_pages", "BAD PAGES", COLUMN_COUNT, false },
        { "blocks", "BLOCKS", COLUMN_LIST, true },
};

const struct columns dimm_columns = COLUMNS(columns);

/* "PNP0C80:ff" before "PNP0C80:100": the kernel counts DIMMs in hexadecimal. */
static int compare_dimms(const void *a, const void *b)
{
        json_object *const *x = a, *const *y = b;
        const char *first = value_text(*x, "Name"), *second = value_text(*y, "Name");
        size_t n = strlen(first), m = strlen(second);

        return n != m ? (n < m ? -1 : 1) : strcmp(first, second);
}

static int print_dimms(const struct context *context, json_object *dimms, const struct failing *failing)
{
        json_object *rows = json_object_new_array(), *more = json_object_new_object();
        int status;

        for (size_t i = 0; i < json_object_array_length(dimms); i++)
                json_object_array_add(rows, dimm_row(json_object_array_get_idx(dimms, i), failing));
        json_object_object_add(more, "unplaced_errors", json_object_get(failing->counts));
        status = output_list_and(context, "dimms", rows, &dimm_columns, more);
        if (!context->failing || !output_is_for_people(context))
                return status;
        failing_tell_others(failing);
        return status == EXIT_DONE ? output_finish() : status;
}

int verb_dimm_list(struct context *context)
{
        _cleanup_json_ json_object *dimms = NULL, *some = NULL;
        _cleanup_(failing_clear) struct failing failing = { 0 };
        int status;

        status = failing_read_counts(context, &failing);
        if (status == EXIT_DONE)
                status = value_get_managed(context, MEMCTL_IFACE_DIMM, &dimms);
        if (status == EXIT_DONE)
                status = failing_count_pages(context, dimms, context->failing, &failing);
        if (status != EXIT_DONE)
                return status;
        json_object_array_sort(dimms, compare_dimms);
        if (context->failing)
                some = failing_dimms(&failing, dimms);
        return print_dimms(context, some ? some : dimms, &failing);
}

int dimm_path(struct context *context, const char *name, char **ret)
{
        sd_bus_message *call = NULL, *reply = NULL;
        const char *path;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "GetDimm", &call);
        if (status != EXIT_DONE)
                return status;
        r = sd_bus_message_append(call, "s", name);
        status = r < 0 ? client_failed(context, NULL, r) : client_call(context, call, &reply);
        if (status == EXIT_DONE) {
                r = sd_bus_message_read(reply, "o", &path);
                *ret = r < 0 ? NULL : strdup(path);
                if (!*ret)
                        status = client_failed(context, NULL, r < 0 ? r : -ENOMEM);
        }
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

int verb_dimm_show(struct context *context)
{
        _cleanup_json_ json_object *dimms = json_object_new_array();
        _cleanup_(failing_clear) struct failing failing = { 0 };
        int status = failing_read_counts(context, &failing);

        if (status != EXIT_DONE)
                return status;
        for (size_t i = 0; i < context->n_args; i++) {
                _cleanup_free_ char *path = NULL;
                json_object *dimm = NULL;

                status = dimm_path(context, context->args[i], &path);
                if (status == EXIT_DONE)
                        status = value_get_all(context, path, MEMCTL_IFACE_DIMM, &dimm);
                if (status != EXIT_DONE)
                        return status;
                json_object_array_add(dimms, dimm);
        }
        status = failing_count_pages(context, dimms, false, &failing);
        json_object_array_sort(dimms, compare_dimms);
        return status == EXIT_DONE ? print_dimms(context, dimms, &failing) : status;
}

/* The DIMM that the one argument names, as an object whose path is the caller's. An exit status. */
static int get_object(struct context *context, char **path, struct object *ret)
{
        int status = dimm_path(context, context->args[0], path);

        *ret = (struct object){ .path = *path, .interface = MEMCTL_IFACE_DIMM, .name = context->args[0] };
        return status;
}

int verb_dimm_plan(struct context *context)
{
        _cleanup_free_ char *path = NULL;
        struct object dimm;
        int status = get_object(context, &path, &dimm);

        return status == EXIT_DONE ? object_plan(context, &dimm) : status;
}

static int start(struct context *context, const char *method)
{
        _cleanup_free_ char *path = NULL;
        struct object dimm;
        int status = get_object(context, &path, &dimm);

        return status == EXIT_DONE ? object_start(context, &dimm, method) : status;
}

int verb_dimm_offline(struct context *context)
{
        return start(context, "Offline");
}

int verb_dimm_online(struct context *context)
{
        return start(context, "Online");
}

int verb_dimm_eject(struct context *context)
{
        return start(context, "Eject");
}
