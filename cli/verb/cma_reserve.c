/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma reserve: by a name, or for as long as a command runs.
 */
#include "basic/quote.h"
#include "cli/ask/argument.h"
#include "cli/daemon/client.h"
#include "cli/daemon/reserve.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/cma_reserve_from.h"
#include "cli/verb/command.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define NEEDED "an amount of memory above 0, like 64M, 512MiB or 1073741824"

static int usage(const char *what)
{
        complain("usage", "%s", what);
        return EXIT_USAGE;
}

/* [AREA] SIZE */
static int read_words(const struct context *context, struct reserve_wanted *ret)
{
        size_t n = context->n_args - context->n_command;
        char quoted[QUOTE_MAX];
        uint64_t size;

        if (n == 0 || n > 2)
                return usage("accepted is: memctl cma reserve [AREA] SIZE, and --name NAME or -- COMMAND");
        if (!argument_size(context->args[n - 1], &ret->size)) {
                complain("usage", "SIZE %s: accepted is " NEEDED "%s", quote(context->args[n - 1], quoted),
                         n == 2 && argument_size(context->args[0], &size) ? "; the area comes before it"
                                                                          : "");
                return EXIT_USAGE;
        }
        if (n == 2)
                ret->area = context->args[0];
        return EXIT_DONE;
}

static int read_wanted(const struct context *context, struct reserve_wanted *ret)
{
        int status = read_words(context, ret);

        if (status != EXIT_DONE)
                return status;
        if (context->n_command > 0 && context->name)
                return usage("--name keeps the memory after memctl has ended, and a command only while it "
                             "runs: accepted is one of them");
        if (context->n_command == 0 && !context->name)
                return usage("memory without a name is released when memctl ends, which would be at once: "
                             "give it a --name, or, behind --, a command to hold it for");
        ret->name = context->name;
        ret->align = context->align;
        ret->node = context->node;
        ret->movable = context->movable;
        return EXIT_DONE;
}

static json_object *made_row(json_object *made)
{
        json_object *row = json_object_new_object();
        static const char *const same[] = { "id", "name", "area", "start", "size", "align", "node", "zone" };
        json_object *all = reservation_row(made);

        for (size_t i = 0; i < ELEMENTSOF(same); i++)
                json_object_object_add(row, same[i], value_or_null(all, same[i]));
        json_object_put(all);
        json_object_object_add(row, "pages_moved", value_number_or_null(made, "moved"));
        json_object_object_add(row, "places_failed", value_number_or_null(made, "failed"));
        json_object_object_add(row, "seconds", reservation_seconds(made, "usec"));
        return row;
}

/* "64 MiB at 0x0000000140000000, node 0, zone Movable; 120 pages moved, 0.034 s"; to be freed. */
static char *describe(json_object *made)
{
        _cleanup_free_ char *size = human_size(value_number(made, "size"));
        const char *area = value_text(made, "area");
        uint64_t usec = value_number(made, "usec");
        char *text = NULL;

        if (asprintf(&text,
                     "%s at 0x%016" PRIx64 ", node %" PRIu64 ", zone %s%s%s; %" PRIu64
                     " page%s moved, %" PRIu64 ".%03" PRIu64 " s",
                     size ? size : "?", value_number(made, "start"), value_number(made, "node"),
                     value_text(made, "zone"), *area ? ", CMA area " : "", area, value_number(made, "moved"),
                     value_number(made, "moved") == 1 ? "" : "s", usec / 1000000, usec % 1000000 / 1000) < 0)
                return NULL;
        return text;
}

static int print(const struct context *context, json_object *made)
{
        _cleanup_json_ json_object *row = NULL;
        _cleanup_free_ char *text = NULL;

        if (context->output != OUTPUT_TEXT) {
                row = made_row(made);
                return output_json(context, row);
        }
        text = describe(made);
        output_begin(context, false);
        tell("%s: %s", value_text(made, "name"), text ? text : "reserved");
        return output_finish();
}

/* What a command that has to do with the memory wants to know. */
static void set_environment(json_object *made)
{
        static const struct {
                const char *variable, *key;
                bool is_address;
        } variables[] = {
                { "MEMCTL_RESERVATION_ID", "id", false },
                { "MEMCTL_RESERVATION_START", "start", true },
                { "MEMCTL_RESERVATION_SIZE", "size", false },
        };

        for (size_t i = 0; i < ELEMENTSOF(variables); i++) {
                uint64_t number = value_number(made, variables[i].key);
                char text[24];

                (void) snprintf(text, sizeof(text), variables[i].is_address ? "0x%" PRIx64 : "%" PRIu64,
                                number);
                (void) setenv(variables[i].variable, text, true);
        }
}

/*
 * Whatever this answers, the memory is given back when memctl ends; it is asked to learn whether it was held
 * so long. A memctld that is gone took it along, and must not be started for this.
 */
static void give_back(struct context *context, uint64_t id)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *call = NULL, *reply = NULL;
        char text[24];
        int r;

        (void) snprintf(text, sizeof(text), "%" PRIu64, id);
        r = sd_bus_message_new_method_call(context->bus, &call, client_destination(context), MEMCTL_BUS_PATH,
                                           MEMCTL_IFACE_MANAGER, "ReleaseReservation");
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, false);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", text);
        if (r >= 0)
                r = sd_bus_call(context->bus, call, 0, &error, &reply);
        if (r < 0)
                say("the memory was released before the command ended, with memctld (%s)",
                    error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
}

static int hold(struct context *context, json_object *made)
{
        _cleanup_free_ char *text = describe(made);
        int status;

        set_environment(made);
        hint("reserved: %s", text ? text : "all");
        /* the command is the end of main()'s arguments, and so ends in NULL */
        status = command_run(context->args + context->n_args - context->n_command);
        give_back(context, value_number(made, "id"));
        return status;
}

int verb_cma_reserve(struct context *context)
{
        struct reserve_wanted wanted = { .node = -1 };
        _cleanup_json_ json_object *made = NULL;
        int status;

        if (context->from)
                return cma_reserve_from(context);
        status = read_wanted(context, &wanted);
        if (status == EXIT_DONE)
                status = reserve_call(context, &wanted, &made);
        if (status != EXIT_DONE)
                return status;
        return context->n_command > 0 ? hold(context, made) : print(context, made);
}
