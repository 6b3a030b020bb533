/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Block on /org/memctl1/block/N. Not enumerated: see docs/bus.md.
 */
#include "daemon/bus/answer/request.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/attach.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/options.h"
#include "daemon/bus/value/paths.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static struct memory_block *block_of_path(struct server *server, const char *path)
{
        uint32_t number;

        return bus_path_number(path, MEMCTL_PATH_BLOCK, &number)
                       ? snapshot_find_block(server_snapshot(server), number)
                       : NULL;
}

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        (void) bus, (void) interface, (void) error;

        if (!block_of_path(userdata, path))
                return 0;
        *found = userdata;
        return 1;
}

static int get_figure(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        struct snapshot *snapshot = server_snapshot(server);
        struct memory_block *block = block_of_path(server, path);
        uint64_t start;

        (void) bus, (void) interface, (void) error;

        if (!block)
                return -ENOENT;
        start = block->number * snapshot->block_size;
        if (strcmp(property, "Number") == 0)
                return sd_bus_message_append(reply, "u", block->number);
        if (strcmp(property, "Start") == 0)
                return sd_bus_message_append(reply, "t", start);
        if (strcmp(property, "End") == 0)
                return sd_bus_message_append(reply, "t", start + snapshot->block_size - 1);
        if (strcmp(property, "Size") == 0)
                return sd_bus_message_append(reply, "t", snapshot->block_size);
        if (strcmp(property, "State") == 0)
                return sd_bus_message_append(reply, "s", block_state_name(block->state));
        if (strcmp(property, "Node") == 0)
                return sd_bus_message_append(reply, "i", (int) block->node);
        if (strcmp(property, "Removable") == 0)
                return sd_bus_message_append(reply, "b", block->removable);
        if (strcmp(property, "Dimm") == 0)
                return sd_bus_message_append(
                        reply, "s", block->dimm == DIMM_NONE ? "" : snapshot->dimms[block->dimm].name);
        if (strcmp(property, "Driver") == 0)
                return sd_bus_message_append(
                        reply, "s",
                        block->driver == DRIVER_NONE ? "" : snapshot_driver(snapshot, block)->device);
        return -EINVAL;
}

static int get_nodes(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct memory_block *block = block_of_path(userdata, path);
        const struct block_node *more;
        size_t n;
        int r;

        (void) bus, (void) interface, (void) property, (void) error;

        if (!block)
                return -ENOENT;
        more = snapshot_more_nodes(server_snapshot(userdata), block->number, &n);
        r = sd_bus_message_open_container(reply, 'a', "i");
        if (r >= 0 && block->node != NODE_NONE)
                r = sd_bus_message_append(reply, "i", (int) block->node);
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(reply, "i", (int) more[i].node);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_zones(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct memory_block *block = block_of_path(userdata, path);
        enum zone zone;
        int r;

        (void) bus, (void) interface, (void) property, (void) error;

        if (!block)
                return -ENOENT;
        r = sd_bus_message_open_container(reply, 'a', "s");
        for (unsigned int i = 0; r >= 0 && (zone = zone_list_get(block->zones, i)) != ZONE_NONE; i++)
                r = sd_bus_message_append(reply, "s", zone_name(zone));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int start(struct server *server, sd_bus_message *m, enum job_verb verb, sd_bus_error *error)
{
        struct memory_block *block = block_of_path(server, sd_bus_message_get_path(m));
        uint32_t number = block ? block->number : 0;
        struct block_set blocks = { .numbers = &number, .n_numbers = 1 };
        struct operation_request request = { .verb = verb, .blocks = &blocks };
        char target[16];
        int r;

        if (!block)
                return request_fail(error, -ENOENT, "the block is gone");
        r = request_read_options(m, verb == JOB_BLOCK_ONLINE ? OPTIONS_ONLINE : OPTIONS_OFFLINE,
                                 &request, error);
        if (r < 0)
                return r;
        (void) snprintf(target, sizeof(target), "%" PRIu32, number);
        request.target = target;
        return request_start_job(server, m, &request, error);
}

static int do_offline(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start(server, m, JOB_BLOCK_OFFLINE, error);
}

static int do_online(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start(server, m, JOB_BLOCK_ONLINE, error);
}

static int offline(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_offline, error);
}

static int online(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_online, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Offline", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("o", job), offline,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Online", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("o", job), online,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Number", "u", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Start", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("End", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Size", "t", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Node", "i", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Nodes", "ai", get_nodes, 0, 0),
        SD_BUS_PROPERTY("Zones", "as", get_zones, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Removable", "b", get_figure, 0, 0),
        SD_BUS_PROPERTY("Dimm", "s", get_figure, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Driver", "s", get_figure, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_block_attach(struct server *server)
{
        return bus_attach_objects(server, MEMCTL_PATH_BLOCK, MEMCTL_IFACE_BLOCK, vtable, find, NULL);
}
