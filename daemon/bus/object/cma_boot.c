/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/object/cma_boot.h"

#include "daemon/bus/answer/cma_boot.h"
#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/query/cma_boot.h"

#include <errno.h>

struct asking {
        struct pending *pending; /* the owner */
        struct cma_boot *boot;
        enum cma_boot_what what;
        bool full;                            /* the caller gets the kernel's lines */
        const struct cma_boot_report *report; /* while there is one */
        const char *device_tree;
};

static void free_asking(void *userdata)
{
        struct asking *asking = userdata;

        cma_boot_free(asking->boot);
        free(asking);
}

static int append(sd_bus_message *reply, const void *what)
{
        const struct asking *asking = what;

        if (asking->what == CMA_BOOT_RECORD)
                return sd_bus_message_append(reply, "b", (int) asking->report->recorded_aside);
        return cma_boot_append(reply, asking->report, asking->device_tree, asking->full);
}

/* What was asked for is not done, and nothing is changed: the message says why. */
static int refusal(int error)
{
        switch (error) {
        case -ESTALE:
        case -ELOOP:
        case -ENOTUNIQ:
        case -EBADMSG:
        case -E2BIG:
        case -EFBIG:
        case -ENODATA:
        case -ENAMETOOLONG:
        case -ERANGE:
                return -ENOSPC; /* Refused, on the bus */
        default:
                return error;
        }
}

static void audit(const struct asking *asking, const struct cma_boot_report *report)
{
        const struct pending *pending = asking->pending;

        if (asking->what == CMA_BOOT_APPLY && report->changed)
                audit_boot(pending->server, pending->call, true, report->applied_loader,
                           report->applied_parameters);
        else if (asking->what == CMA_BOOT_REVERT)
                audit_boot(pending->server, pending->call, false, report->loader, "");
}

static void on_done(void *userdata, int error, const char *message, const struct cma_boot_report *report,
                    const char *device_tree)
{
        struct asking *asking = userdata;
        _cleanup_(pending_freep) struct pending *pending = asking->pending;

        asking->report = report;
        asking->device_tree = device_tree;
        if (error >= 0)
                audit(asking, report);
        pending_answer(pending, refusal(error), message, append, asking);
}

static int ask(struct server *server, sd_bus_message *m, enum cma_boot_what what, bool full,
               sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct asking *asking;
        int r = what == CMA_BOOT_LOOK ? 0 : request_check_live(server->machine->tree, error);

        if (r < 0)
                return r;
        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        asking = calloc(1, sizeof(*asking));
        if (!asking)
                return -ENOMEM;
        asking->what = what;
        asking->full = full;
        r = cma_boot_new(server->machine, what, !server->private, on_done, asking, &asking->boot);
        if (r < 0) {
                free_asking(asking);
                return r;
        }
        asking->pending = pending;
        return pending_wait(TAKE_PTR(pending), asking, free_asking); /* on_done() frees it */
}

static int do_look(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        return ask(server, m, CMA_BOOT_LOOK, full, error);
}

static int do_record(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return ask(server, m, CMA_BOOT_RECORD, false, error);
}

static int do_apply(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return ask(server, m, CMA_BOOT_APPLY, false, error);
}

static int do_revert(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return ask(server, m, CMA_BOOT_REVERT, false, error);
}

int bus_cma_boot(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_look, error);
}

int bus_record_cma(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_record, error);
}

int bus_apply_cma_boot(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_apply, error);
}

int bus_revert_cma_boot(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_revert, error);
}
