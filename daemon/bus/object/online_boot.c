/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ApplyOnlineBoot and RevertOnlineBoot: what MemmapOnMemory= says is written for the boot loader.
 */
#include "daemon/bus/object/online_boot.h"

#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/query/memmap_boot.h"
#include "memctl/bus.h"

#include <errno.h>

struct asking {
        struct pending *pending; /* the owner */
        struct memmap_boot *boot;
        bool apply;
        const struct memmap_boot_report *report; /* while there is one */
};

static void free_asking(void *userdata)
{
        struct asking *asking = userdata;

        memmap_boot_free(asking->boot);
        free(asking);
}

static int append(sd_bus_message *reply, const void *what)
{
        const struct memmap_boot_report *report = ((const struct asking *) what)->report;

        return sd_bus_message_append(reply, "bss", (int) report->changed, report->parameter, report->loader);
}

static void on_done(void *userdata, int error, const char *message, const struct memmap_boot_report *report)
{
        struct asking *asking = userdata;
        _cleanup_(pending_freep) struct pending *pending = asking->pending;

        asking->report = report;
        if (error >= 0 && report->changed)
                audit_boot(pending->server, pending->call, asking->apply, report->loader, report->parameter);
        pending_answer(pending,
                       error < 0 && error != -ENOENT && error != -EOPNOTSUPP && message ? -ENOSPC : error,
                       message, append, asking);
}

static int ask(struct server *server, sd_bus_message *m, bool apply, const char *value, sd_bus_error *error)
{
        struct asking *asking = calloc(1, sizeof(*asking));
        int r;

        if (!asking)
                return -ENOMEM;
        asking->apply = apply;
        r = pending_new(server, m, &asking->pending, error);
        if (r >= 0) {
                r = memmap_boot_new(server->machine, value, !server->private, on_done, asking,
                                    &asking->boot);
                if (r < 0)
                        asking->pending = pending_free(asking->pending);
        }
        if (r < 0) {
                free_asking(asking);
                return r;
        }
        return pending_wait(asking->pending, asking, free_asking); /* on_done() frees it */
}

static int do_apply(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        const struct onlining_view view = onlining_view(server->onlining);
        int r = request_check_live(server->machine->tree, error);

        if (r < 0)
                return r;
        if (!view.acts)
                return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_SUPPORTED,
                                         "this needs memctld on the system bus, which has read its files");
        if (!view.config->memmap[0])
                return sd_bus_error_setf(error, MEMCTL_ERROR_REFUSED,
                                         "MemmapOnMemory= is not set: there is nothing to write");
        return ask(server, m, true, view.config->memmap, error);
}

static int do_revert(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        int r = request_check_live(server->machine->tree, error);

        return r < 0 ? r : ask(server, m, false, "", error);
}

int bus_apply_online_boot(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_apply, error);
}

int bus_revert_online_boot(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_revert, error);
}
