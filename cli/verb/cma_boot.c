/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma boot, cma record.
 */
#include "cli/show/cma_boot.h"
#include "cli/daemon/client.h"
#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

#include <inttypes.h>

/* update-grub looks at all disks for other systems, and memctld gives it four minutes, and what is taken
 * back the same. */
#define CHANGE_USEC (15 * 60 * UINT64_C(1000000))

static int ask(struct context *context, const char *method, uint64_t usec, json_object **ret)
{
        sd_bus_message *call = NULL, *reply = NULL;
        uint64_t before = 0;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, method, &call);
        if (status != EXIT_DONE)
                return status;
        (void) sd_bus_get_method_call_timeout(context->bus, &before);
        if (usec > 0)
                (void) sd_bus_set_method_call_timeout(context->bus, usec);
        status = client_call(context, call, &reply);
        (void) sd_bus_set_method_call_timeout(context->bus, before);
        sd_bus_message_unref(call);
        if (status != EXIT_DONE)
                return status;
        r = value_read(reply, ret);
        sd_bus_message_unref(reply);
        return r < 0 ? client_bad_answer() : EXIT_DONE;
}

static int print_changed(const struct context *context, json_object *boot)
{
        if (context->quiet)
                return EXIT_DONE;
        output_begin(context, false);
        if (context->revert)
                tell("The boot setting is taken back; %s has what it had before.",
                     value_text(boot, "loader"));
        else if (value_flag(boot, "changed"))
                tell("%s is written for %s. It takes effect when the machine is rebooted; memctl cma boot "
                     "says then whether the kernel took it.",
                     value_text(boot, "applied_command_line"), value_text(boot, "applied_loader"));
        else
                tell("%s is written already: nothing was changed.", value_text(boot, "command_line"));
        return output_finish();
}

int verb_cma_boot(struct context *context)
{
        _cleanup_json_ json_object *boot = NULL, *object = NULL;
        bool change = context->apply || context->revert;
        int status;

        if (context->apply && context->revert) {
                complain("usage", "--apply and --revert do not go together");
                return EXIT_USAGE;
        }
        status = ask(context,
                     context->apply    ? "ApplyCmaBoot"
                     : context->revert ? "RevertCmaBoot"
                                       : "CmaBoot",
                     change ? CHANGE_USEC : 0, &boot);
        if (status != EXIT_DONE)
                return status;
        if (!json_object_is_type(boot, json_type_object))
                return client_bad_answer();
        if (context->output == OUTPUT_TEXT) {
                if (change)
                        return print_changed(context, boot);
                output_begin(context, true);
                cma_boot_tell(boot);
                return output_finish();
        }
        object = cma_boot_to_json(boot);
        if (change)
                json_object_object_add(
                        object, "changed",
                        json_object_new_boolean(context->revert || value_flag(boot, "changed")));
        return output_json(context, object);
}

int verb_cma_record(struct context *context)
{
        _cleanup_json_ json_object *aside = NULL, *object = NULL;
        int status = ask(context, "RecordCma", 0, &aside);

        if (status != EXIT_DONE)
                return status;
        if (json_object_get_boolean(aside))
                hint("what was in /var/lib/memctl/cma-history was no record of memctl's; it is in "
                     "cma-history.bad now, and the record begins anew");
        if (context->output == OUTPUT_TEXT)
                return EXIT_DONE;
        object = json_object_new_object();
        json_object_object_add(object, "put_aside", json_object_new_boolean(json_object_get_boolean(aside)));
        return output_json(context, object);
}
