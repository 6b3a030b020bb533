/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Dimm on /org/memctl1/dimm/NAME.
 */
#include "daemon/bus/answer/plan.h"
#include "daemon/bus/answer/request.h"
#include "daemon/bus/answer/why.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/attach.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/options.h"
#include "daemon/bus/value/paths.h"
#include "daemon/machine/dimm.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

static struct dimm *dimm_of_path(struct server *server, const char *path)
{
        _cleanup_free_ char *name = NULL;

        if (sd_bus_path_decode(path, MEMCTL_PATH_DIMM, &name) <= 0)
                return NULL;
        return snapshot_find_dimm(server_snapshot(server), name);
}

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        (void) bus, (void) interface, (void) error;

        if (!dimm_of_path(userdata, path))
                return 0;
        *found = userdata;
        return 1;
}

static char *path_of_dimm(const void *userdata, size_t index)
{
        const struct snapshot *snapshot = userdata;

        return bus_dimm_path(snapshot->dimms[index].name);
}

static int enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error)
{
        const struct snapshot *snapshot = server_snapshot(userdata);

        (void) bus, (void) prefix, (void) error;

        return bus_list_paths(path_of_dimm, snapshot, snapshot->n_dimms, ret);
}

static int get_figure(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct dimm *dimm = dimm_of_path(userdata, path);

        (void) bus, (void) interface, (void) error;

        if (!dimm)
                return -ENOENT;
        if (strcmp(property, "Name") == 0)
                return sd_bus_message_append(reply, "s", dimm->name);
        if (strcmp(property, "Label") == 0)
                return sd_bus_message_append(reply, "s", dimm->label ? dimm->label : "");
        if (strcmp(property, "Start") == 0)
                return sd_bus_message_append(reply, "t", dimm->start);
        if (strcmp(property, "End") == 0)
                return sd_bus_message_append(reply, "t", dimm->end);
        if (strcmp(property, "Size") == 0)
                return sd_bus_message_append(reply, "t", dimm->size);
        if (strcmp(property, "Node") == 0)
                return sd_bus_message_append(reply, "i", dimm->node);
        if (strcmp(property, "OnlineBytes") == 0)
                return sd_bus_message_append(reply, "t", dimm->online_bytes);
        if (strcmp(property, "OfflineBytes") == 0)
                return sd_bus_message_append(reply, "t", dimm->offline_bytes);
        if (strcmp(property, "Ejectable") == 0)
                return sd_bus_message_append(reply, "b", dimm->ejectable);
        return -EINVAL;
}

static int get_errors(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        struct dimm *dimm = dimm_of_path(server, path);

        (void) bus, (void) interface, (void) error;

        if (!dimm)
                return -ENOENT;
        return sd_bus_message_append(reply, "x",
                                     property[0] == 'C' ? dimm->corrected_errors : dimm->uncorrected_errors);
}

static int get_blocks(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct dimm *dimm = dimm_of_path(userdata, path);

        (void) bus, (void) interface, (void) property, (void) error;

        if (!dimm)
                return -ENOENT;
        return sd_bus_message_append_array(reply, 'u', dimm->blocks, dimm->n_blocks * sizeof(*dimm->blocks));
}

/* The DIMM a method call is about, and its blocks as a set that borrows from it. */
static struct dimm *called_dimm(struct server *server, sd_bus_message *m, struct block_set *blocks)
{
        struct dimm *dimm = dimm_of_path(server, sd_bus_message_get_path(m));

        if (dimm)
                *blocks = (struct block_set){ .numbers = dimm->blocks, .n_numbers = dimm->n_blocks };
        return dimm;
}

static int do_plan(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        struct operation_request request = { 0 };
        struct block_set blocks;
        struct dimm *dimm;
        int r;

        r = request_read_options(m, OPTIONS_PLAN_DIMM, &request, error);
        if (r < 0)
                return r;
        dimm = called_dimm(server, m, &blocks);
        if (!dimm)
                return request_fail(error, -ENOENT, "the DIMM is gone");
        return plan_answer(server, m, &blocks, request.eject ? dimm->name : NULL, &request.options, full,
                           error);
}

static int do_why(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        struct block_set blocks;

        if (!called_dimm(server, m, &blocks))
                return request_fail(error, -ENOENT, "the DIMM is gone");
        return bus_answer_why(server, m, &blocks, full, error);
}

static int start(struct server *server, sd_bus_message *m, enum job_verb verb, enum option_set set,
                 sd_bus_error *error)
{
        struct block_set blocks = { 0 };
        struct operation_request request = { .verb = verb,
                                             .eject = verb == JOB_DIMM_EJECT,
                                             .blocks = &blocks };
        struct dimm *dimm;
        int r;

        r = request_read_options(m, set, &request, error);
        if (r < 0)
                return r;
        dimm = called_dimm(server, m, &blocks);
        if (!dimm)
                return request_fail(error, -ENOENT, "the DIMM is gone");
        request.target = dimm->name;
        request.dimm = dimm->name;
        return request_start_job(server, m, &request, error);
}

static int do_offline(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start(server, m, JOB_DIMM_OFFLINE, OPTIONS_OFFLINE_DIMM, error);
}

static int do_online(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start(server, m, JOB_DIMM_ONLINE, OPTIONS_ONLINE, error);
}

static int do_eject(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start(server, m, JOB_DIMM_EJECT, OPTIONS_EJECT, error);
}

static int plan(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_plan, error);
}

static int why(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, true, do_why, error);
}

static int offline(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_offline, error);
}

static int online(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_online, error);
}

static int eject(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_eject, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Plan", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("a{sv}", plan), plan,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Why", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", why), why,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Offline", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("o", job), offline,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Online", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("o", job), online,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Eject", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("o", job), eject,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Name", "s", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Label", "s", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Start", "t", get_figure, 0, 0),
        SD_BUS_PROPERTY("End", "t", get_figure, 0, 0),
        SD_BUS_PROPERTY("Size", "t", get_figure, 0, 0),
        SD_BUS_PROPERTY("Node", "i", get_figure, 0, 0),
        SD_BUS_PROPERTY("Blocks", "au", get_blocks, 0, 0),
        SD_BUS_PROPERTY("OnlineBytes", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("OfflineBytes", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Ejectable", "b", get_figure, 0, 0),
        SD_BUS_PROPERTY("CorrectedErrors", "x", get_errors, 0, 0),
        SD_BUS_PROPERTY("UncorrectedErrors", "x", get_errors, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_dimm_attach(struct server *server)
{
        return bus_attach_objects(server, MEMCTL_PATH_DIMM, MEMCTL_IFACE_DIMM, vtable, find, enumerate);
}
