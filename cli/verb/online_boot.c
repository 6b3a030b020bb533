/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy online boot: what is written for the boot loader of MemmapOnMemory=.
 */
#include "cli/verb/online_boot.h"

#include "cli/daemon/client.h"
#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "memctl/bus.h"

/* As of cma boot: a program looks at all disks for other systems. */
#define CHANGE_USEC (15 * 60 * UINT64_C(1000000))

static int call_boot(struct context *context, sd_bus_message **ret)
{
        sd_bus_message *call = NULL;
        uint64_t before = 0;
        int status;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER,
                                 context->apply ? "ApplyOnlineBoot" : "RevertOnlineBoot", &call);
        if (status != EXIT_DONE)
                return status;
        (void) sd_bus_get_method_call_timeout(context->bus, &before);
        (void) sd_bus_set_method_call_timeout(context->bus, CHANGE_USEC);
        status = client_call(context, call, ret);
        (void) sd_bus_set_method_call_timeout(context->bus, before);
        sd_bus_message_unref(call);
        return status;
}

static int print(struct context *context, bool changed, const char *parameter, const char *loader)
{
        _cleanup_json_ json_object *object = NULL;

        if (context->output != OUTPUT_TEXT) {
                object = json_object_new_object();
                json_object_object_add(object, "changed", json_object_new_boolean(changed));
                json_object_object_add(object, "parameter",
                                       *parameter ? json_object_new_string(parameter) : NULL);
                json_object_object_add(object, "loader", *loader ? json_object_new_string(loader) : NULL);
                return output_json(context, object);
        }
        if (context->quiet)
                return EXIT_DONE;
        output_begin(context, false);
        if (!*parameter)
                tell("The setting is taken back; the boot loader has what it had before.");
        else if (changed)
                tell("%s is written for %s. It takes effect when the machine is rebooted.", parameter,
                     loader);
        else
                tell("%s is written for %s already: nothing was changed.", parameter, loader);
        return output_finish();
}

int online_boot(struct context *context)
{
        sd_bus_message *reply = NULL;
        const char *parameter, *loader;
        int changed, status, r;

        if (context->apply == context->revert) {
                complain("usage", "expected --apply or --revert, one of them");
                return EXIT_USAGE;
        }
        status = call_boot(context, &reply);
        if (status != EXIT_DONE)
                return status;
        r = sd_bus_message_read(reply, "bss", &changed, &parameter, &loader);
        status = r < 0 ? client_bad_answer() : print(context, changed, parameter, loader);
        sd_bus_message_unref(reply);
        return status;
}
