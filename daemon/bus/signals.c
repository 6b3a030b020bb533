/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tells listeners what changed. Signals that cannot be sent are lost, as signals are; the state itself can
 * always be read.
 */
#include "daemon/bus/signals.h"

#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/job_owner.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/stop.h"
#include "daemon/bus/tell/changes.h"
#include "daemon/bus/tell/told.h"
#include "daemon/bus/value/cma.h"
#include "daemon/bus/value/paths.h"
#include "memctl/bus.h"

#include <systemd/sd-daemon.h>

/* What a job that is put back may take for its next step before systemd is told again that it gets on. */
#define STOP_EXTENSION "EXTEND_TIMEOUT_USEC=60000000"

static const char *dimm_of_block(struct server *server, uint32_t number)
{
        struct snapshot *snapshot = server_snapshot(server);
        struct memory_block *block = snapshot_find_block(snapshot, number);

        return block && block->dimm != DIMM_NONE ? snapshot->dimms[block->dimm].name : NULL;
}

void bus_on_model_change(void *userdata, enum monitor_change change, uint32_t number, const char *name)
{
        _cleanup_free_ char *path = NULL;
        struct server *server = userdata;
        const char *dimm = NULL;

        switch (change) {
        case MONITOR_BLOCK_CHANGED:
                path = bus_block_path(number);
                if (path)
                        (void) sd_bus_emit_properties_changed(server->bus, path, MEMCTL_IFACE_BLOCK, "State",
                                                              "Zones", "Node", "Dimm", NULL);
                dimm = dimm_of_block(server, number);
                break;
        case MONITOR_DIMM_ADDED:
                path = bus_dimm_path(name);
                if (path)
                        (void) sd_bus_emit_interfaces_added(server->bus, path, MEMCTL_IFACE_DIMM, NULL);
                break;
        case MONITOR_DIMM_REMOVED:
                path = bus_dimm_path(name);
                if (path)
                        (void) sd_bus_emit_interfaces_removed(server->bus, path, MEMCTL_IFACE_DIMM, NULL);
                break;
        case MONITOR_BLOCK_ADDED:
        case MONITOR_BLOCK_REMOVED:
        case MONITOR_RELOADED:
                break;
        }

        changes_note(server->changes, dimm);
        if (server->onlining)
                onlining_on_change(server->onlining, change, number);
}

/* For everybody who listens: without processes, their commands and addresses of pages. */
void bus_on_cma_failed(void *userdata, const struct module_cma_failure *failure)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        struct server *server = userdata;
        int r;

        r = sd_bus_message_new_signal(server->bus, &m, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "CmaFailed");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", failure->name);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = bus_append_cma_failure(m, failure, server->machine->tree->page_size, false);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        if (r >= 0)
                (void) sd_bus_send(server->bus, m, NULL);
}

static void job_is_finished(struct server *server, struct job *job, const char *path)
{
        audit_end(job);
        job_owner_forget(server, job->id);
        (void) sd_bus_emit_signal(server->bus, path, MEMCTL_IFACE_JOB, "Finished", "s",
                                  job_result_name(job->result));
        if (server->stopping && registry_count_running(server->registry) == 0)
                server_stop_soon(server);
        server_end_if_lost(server);
        if (server->onlining)
                onlining_on_job(server->onlining, job);
}

void bus_on_job_change(void *userdata, struct job *job, bool is_new, bool is_gone)
{
        _cleanup_free_ char *path = NULL;
        struct server *server = userdata;

        if (server->stopping)
                (void) sd_notify(false, STOP_EXTENSION);
        path = bus_job_path(job->id);
        if (!path)
                return;

        if (is_new) {
                (void) sd_bus_emit_interfaces_added(server->bus, path, MEMCTL_IFACE_JOB, NULL);
                told_all(server->told, job);
                if (job->recovered)
                        audit_recovered(job);
        } else if (is_gone) {
                (void) sd_bus_emit_interfaces_removed(server->bus, path, MEMCTL_IFACE_JOB, NULL);
                told_forget(server->told, job->id);
                return;
        } else
                told_change(server->told, job);
        operation_say_end(job);
        if (job->state == JOB_FINISHED)
                job_is_finished(server, job, path);
}
