/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * provider list, show: drivers whose pages memctl.ko makes movable.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int ask_manager(struct context *context, const char *method, const char *name, json_object **ret)
{
        return value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, method, name, ret);
}

/* [errno, count] as an object, or as a word for people. */
static json_object *failure_row(const struct context *context, json_object *failure)
{
        const char *name = json_object_get_string(json_object_array_get_idx(failure, 0));
        json_object *count = json_object_array_get_idx(failure, 1), *row;
        _cleanup_free_ char *text = NULL;

        if (context->output == OUTPUT_TEXT) {
                if (asprintf(&text, "%s:%" PRIu64, name, json_object_get_uint64(count)) < 0)
                        text = NULL;
                return text ? json_object_new_string(text) : NULL;
        }
        row = json_object_new_object();
        json_object_object_add(row, "errno", json_object_new_string(name));
        json_object_object_add(row, "count", json_object_get(count));
        return row;
}

static json_object *failure_rows(const struct context *context, json_object *failures)
{
        json_object *rows = json_object_new_array();

        for (size_t i = 0; i < json_object_array_length(failures); i++) {
                json_object *failure = json_object_array_get_idx(failures, i);

                if (json_object_is_type(failure, json_type_array) && json_object_array_length(failure) == 2)
                        json_object_array_add(rows, failure_row(context, failure));
        }
        return rows;
}

static json_object *provider_row(const struct context *context, json_object *provider)
{
        static const struct {
                const char *key, *property;
        } figures[] = {
                { "pages", "Pages" },     { "isolated", "Isolated" }, { "migrated", "Migrated" },
                { "retried", "Retried" }, { "refused", "Refused" },   { "failed", "Failed" },
                { "batches", "Batches" }, { "bytes", "Bytes" },
        };
        json_object *row = json_object_new_object(), *failures = value_array(provider, "Failures");
        uint64_t pause = value_number(provider, "LongestPauseNSec");
        char text[32];

        json_object_object_add(row, "name", json_object_new_string(value_text(provider, "Name")));
        for (size_t i = 0; i < ELEMENTSOF(figures); i++)
                json_object_object_add(row, figures[i].key,
                                       json_object_new_uint64(value_number(provider, figures[i].property)));
        (void) snprintf(text, sizeof(text), "%" PRIu64 ".%09" PRIu64, pause / 1000000000,
                        pause % 1000000000);
        json_object_object_add(row, "longest_pause_seconds",
                               json_object_new_double_s((double) pause / 1e9, text));
        if (failures)
                json_object_object_add(row, "failures", failure_rows(context, failures));
        return row;
}

static const struct column columns[] = {
        { "name", "PROVIDER", COLUMN_TEXT, false },
        { "pages", "PAGES", COLUMN_COUNT, false },
        { "isolated", "ISOLATED", COLUMN_COUNT, false },
        { "migrated", "MIGRATED", COLUMN_COUNT, false },
        { "retried", "RETRIED", COLUMN_COUNT, false },
        { "refused", "REFUSED", COLUMN_COUNT, false },
        { "failed", "FAILED", COLUMN_COUNT, false },
        { "batches", "BATCHES", COLUMN_COUNT, false },
        { "bytes", "BYTES", COLUMN_SIZE, false },
        { "longest_pause_seconds", "PAUSE", COLUMN_COUNT, false },
        { "failures", "FAILURES", COLUMN_LIST, true }, /* the last: of provider show only */
};

const struct columns provider_columns = COLUMNS(columns);

static int compare_rows(const void *a, const void *b)
{
        json_object *const *x = a, *const *y = b;

        return strverscmp(value_text(*x, "name"), value_text(*y, "name"));
}

static int print(struct context *context, json_object *providers, json_object *module)
{
        _cleanup_json_ json_object *answer = json_object_new_object(), *chosen = json_object_new_array();
        struct column shown[ELEMENTSOF(columns)];
        bool with_failures = false;
        json_object *rows = json_object_new_array();

        for (size_t i = 0; i < json_object_array_length(providers); i++) {
                json_object *provider = json_object_array_get_idx(providers, i);

                with_failures = with_failures || value_array(provider, "Failures");
                json_object_array_add(rows, provider_row(context, provider));
        }
        json_object_array_sort(rows, compare_rows);
        if (context->output == OUTPUT_TEXT) {
                int status;

                memcpy(shown, columns, sizeof(columns));
                shown[ELEMENTSOF(columns) - 1].extra = !with_failures;
                status = output_table(context, rows, &COLUMNS(shown));
                json_object_put(rows);
                return status;
        }
        for (size_t i = 0; i < json_object_array_length(rows); i++)
                json_object_array_add(chosen, output_choose(context, json_object_array_get_idx(rows, i),
                                                            &provider_columns));
        json_object_put(rows);
        json_object_object_add(answer, "providers", TAKE_PTR(chosen));

        json_object_object_add(answer, "module",
                               json_object_object_length(module) > 0 ? json_object_get(module) : NULL);
        return output_json(context, answer);
}

int verb_provider_list(struct context *context)
{
        _cleanup_json_ json_object *providers = NULL, *module = NULL;
        int status;

        status = ask_manager(context, "GetModule", NULL, &module);
        if (status == EXIT_DONE)
                status = ask_manager(context, "ListProviders", NULL, &providers);
        if (status != EXIT_DONE)
                return status;
        if (json_object_object_length(module) == 0)
                hint(context->root ? "a tree has no providers, only a running machine has"
                                  : "memctl.ko is not loaded, so there are no providers");
        return print(context, providers, module);
}

int verb_provider_show(struct context *context)
{
        _cleanup_json_ json_object *providers = json_object_new_array(), *module = NULL;
        int status;

        status = ask_manager(context, "GetModule", NULL, &module);
        for (size_t i = 0; status == EXIT_DONE && i < context->n_args; i++) {
                _cleanup_json_ json_object *path = NULL;
                json_object *provider = NULL;

                status = ask_manager(context, "GetProvider", context->args[i], &path);
                if (status == EXIT_DONE)
                        status = value_get_all(context, json_object_get_string(path), MEMCTL_IFACE_PROVIDER,
                                               &provider);
                if (status == EXIT_DONE)
                        json_object_array_add(providers, provider);
        }
        return status == EXIT_DONE ? print(context, providers, module) : status;
}
