/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * why: what keeps blocks or a DIMM from going offline.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/daemon/columns_survey.h"
#include "cli/show/output.h"
#include "cli/show/reason.h"
#include "cli/show/source.h"
#include "cli/show/why_text.h"
#include "cli/verb/dimm.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

static int ask_blocks(struct context *context, json_object **ret)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "Why", &call);
        if (status == EXIT_DONE) {
                r = sd_bus_message_append_strv(call, context->args);
                status = r < 0 ? client_failed(context, NULL, r) : client_call(context, call, &reply);
        }
        if (status == EXIT_DONE && value_read(reply, ret) < 0)
                status = client_bad_answer();
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

static int ask_dimm(struct context *context, json_object **ret)
{
        _cleanup_free_ char *path = NULL;
        int status;

        status = dimm_path(context, context->args[0], &path);
        return status == EXIT_DONE ? value_call(context, path, MEMCTL_IFACE_DIMM, "Why", NULL, ret) : status;
}

/* The members of that name; those left out become null, which is "cannot be told". */
static void copy_members(json_object *row, json_object *from, const char *const *names, size_t n)
{
        for (size_t i = 0; i < n; i++)
                json_object_object_add(row, names[i], value_or_null(from, names[i]));
}

static json_object *owner_row(json_object *owner)
{
        static const char *const names[] = { "owner", "class", "kind", "movable", "pages", "advice" };
        json_object *row = json_object_new_object();

        copy_members(row, owner, names, ELEMENTSOF(names));
        if (!*value_text(row, "kind"))
                json_object_object_add(row, "kind", NULL);
        if (!value_array(row, "advice"))
                json_object_object_add(row, "advice", json_object_new_array());
        return row;
}

static json_object *keeper_row(json_object *keeper)
{
        static const char *const names[] = {
                "block", "start", "end", "pages", "class", "owner", "pids", "allocated_by",
        };
        json_object *row = json_object_new_object();

        copy_members(row, keeper, names, ELEMENTSOF(names));
        json_object_object_add(row, "start", output_address(value_number(keeper, "start")));
        json_object_object_add(row, "end", output_address(value_number(keeper, "end")));
        return row;
}

/* A struct of two as an object. */
static json_object *pair_row(json_object *pair, const char *first, const char *second)
{
        json_object *row = json_object_new_object();

        json_object_object_add(row, first, json_object_get(json_object_array_get_idx(pair, 0)));
        json_object_object_add(row, second, json_object_get(json_object_array_get_idx(pair, 1)));
        return row;
}

static json_object *process_row(json_object *process)
{
        return pair_row(process, "pid", "command");
}

static json_object *place_row(json_object *place)
{
        return pair_row(place, "place", "bytes");
}

/* NULL (null) when there is no such list. */
static json_object *rows_of(json_object *answer, const char *name, json_object *(*row)(json_object *) )
{
        json_object *list = value_array(answer, name), *rows;

        if (!list)
                return NULL;
        rows = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(list); i++)
                json_object_array_add(rows, row(json_object_array_get_idx(list, i)));
        return rows;
}

static bool are_pairs(json_object *answer, const char *name, json_type first, json_type second)
{
        json_object *list = value_array(answer, name);

        for (size_t i = 0; list && i < json_object_array_length(list); i++) {
                json_object *pair = json_object_array_get_idx(list, i);

                if (!json_object_is_type(pair, json_type_array) || json_object_array_length(pair) != 2 ||
                    !json_object_is_type(json_object_array_get_idx(pair, 0), first) ||
                    !json_object_is_type(json_object_array_get_idx(pair, 1), second))
                        return false;
        }
        return true;
}

/* What the rows are made from; members of another type than they should be are taken for missing. */
static bool is_sound(json_object *answer)
{
        return json_object_is_type(answer, json_type_object) && *value_text(answer, "source") &&
               value_is_list_of(value_array(answer, "unknown"), json_type_string) &&
               value_is_list_of(value_array(answer, "blocks"), json_type_int) &&
               value_is_list_of(value_array(answer, "offline"), json_type_int) &&
               value_is_list_of(value_array(answer, "owners"), json_type_object) &&
               (!value_array(answer, "keepers") ||
                value_is_list_of(value_array(answer, "keepers"), json_type_object)) &&
               value_is_list_of(value_array(answer, "reasons"), json_type_object) &&
               are_pairs(answer, "processes", json_type_int, json_type_string) &&
               are_pairs(answer, "allocations", json_type_string, json_type_int);
}

static json_object *why_json(const char *target, json_object *answer)
{
        static const char *const same[] = { "source", "unknown", "blocks", "offline" };
        json_object *why = json_object_new_object();

        json_object_object_add(why, "target", json_object_new_string(target));
        copy_members(why, answer, same, ELEMENTSOF(same));
        json_object_object_add(why, "reasons", reasons_to_json(value_array(answer, "reasons")));
        json_object_object_add(why, "owners", rows_of(answer, "owners", owner_row));
        json_object_object_add(why, "keepers", rows_of(answer, "keepers", keeper_row));
        json_object_object_add(why, "processes", rows_of(answer, "processes", process_row));
        json_object_object_add(why, "allocations", rows_of(answer, "allocations", place_row));
        return why;
}

/* Pages in use that move: Why counts only the others. */
static int count_in_use(struct context *context, json_object *blocks, uint64_t *ret)
{
        _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };
        _cleanup_free_ char *numbers = numbers_in_short(blocks);
        const uint64_t *pages;
        const uint8_t *class;
        int status;

        if (!numbers)
                return client_failed(context, NULL, -ENOMEM);
        status = wire_survey_get(context, (char *[]){ numbers, NULL }, &survey);
        if (status != EXIT_DONE)
                return status;
        pages = survey.pages.data;
        class = survey.class.data;
        *ret = 0;
        for (size_t i = 0; i < survey.pages.n; i++) {
                const struct page_class *of = &survey.classes[class[i]];

                /* bad memory keeps no block, but it is of no kind and in no use */
                if (of->movable == MOVABLE_YES && *of->kind && strcmp(of->kind, "free") != 0)
                        *ret += pages[i];
        }
        return EXIT_DONE;
}

static int print_text(struct context *context, json_object *why)
{
        json_object *blocks = value_array(why, "blocks");
        bool nothing = !why_is_kept(value_array(why, "owners")) &&
                       json_object_array_length(value_array(why, "reasons")) == 0 &&
                       json_object_array_length(blocks) > 0 &&
                       strcmp(value_text(why, "source"), "none") != 0;
        uint64_t in_use = 0;
        int status = EXIT_DONE;

        if (nothing)
                status = count_in_use(context, blocks, &in_use);
        if (status == EXIT_DONE)
                output_begin(context, true);
        return status == EXIT_DONE ? why_text(why, nothing ? &in_use : NULL) : status;
}

int verb_why(struct context *context)
{
        _cleanup_json_ json_object *answer = NULL, *why = NULL;
        const char *target = context->args[0];
        int status;

        /* No DIMM's name begins with a digit, and every range does. */
        status =
                *target >= '0' && *target <= '9' ? ask_blocks(context, &answer) : ask_dimm(context, &answer);
        if (status != EXIT_DONE)
                return status;
        if (!is_sound(answer))
                return client_bad_answer();
        why = why_json(target, answer);
        status = context->output == OUTPUT_TEXT ? print_text(context, why) : output_json(context, why);
        if (!value_array(answer, "keepers"))
                say("where these pages are, and of which processes, is told to administrators only "
                    "(" MEMCTL_ACTION_INSPECT_PROCESSES ")");
        source_say(context, answer);
        return status;
}
