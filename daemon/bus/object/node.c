/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Node on /org/memctl1/node/N.
 */
#include "daemon/bus/answer/argument.h"
#include "daemon/bus/answer/plan.h"
#include "daemon/bus/answer/request.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/attach.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/options.h"
#include "daemon/bus/value/paths.h"
#include "daemon/machine/node.h"
#include "memctl/bus.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static struct memory_node *node_of_path(struct server *server, const char *path)
{
        uint32_t id;

        if (!bus_path_number(path, MEMCTL_PATH_NODE, &id) || id > INT_MAX)
                return NULL;
        return snapshot_find_node(server_snapshot(server), (int) id);
}

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        (void) bus, (void) interface, (void) error;

        if (!node_of_path(userdata, path))
                return 0;
        *found = userdata;
        return 1;
}

static char *path_of_node(const void *userdata, size_t index)
{
        const struct snapshot *snapshot = userdata;

        return bus_node_path(snapshot->nodes[index].id);
}

static int enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error)
{
        const struct snapshot *snapshot = server_snapshot(userdata);

        (void) bus, (void) prefix, (void) error;

        return bus_list_paths(path_of_node, snapshot, snapshot->n_nodes, ret);
}

static int get_figure(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        struct memory_node *node = node_of_path(server, path);

        (void) bus, (void) interface, (void) error;

        if (!node)
                return -ENOENT;
        if (strcmp(property, "Id") == 0)
                return sd_bus_message_append(reply, "i", node->id);
        node_read_meminfo(server->machine->tree, node);
        return sd_bus_message_append(reply, "t", property[0] == 'T' ? node->total_bytes : node->free_bytes);
}

static int get_blocks(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct memory_node *node = node_of_path(userdata, path);
        struct snapshot *snapshot = server_snapshot(userdata);
        int r;

        (void) bus, (void) interface, (void) property, (void) error;

        if (!node)
                return -ENOENT;
        r = sd_bus_message_open_container(reply, 'a', "u");
        for (size_t i = 0; r >= 0 && i < snapshot->n_blocks; i++)
                if (snapshot_block_is_on(snapshot, &snapshot->blocks[i], node->id))
                        r = sd_bus_message_append(reply, "u", snapshot->blocks[i].number);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* The node a method call is about, and its blocks: those that are another's, too, cannot go offline. */
static int called_node(struct server *server, sd_bus_message *m, int *ret, struct block_set *blocks,
                       sd_bus_error *error)
{
        const struct memory_node *node = node_of_path(server, sd_bus_message_get_path(m));
        const struct snapshot *snapshot = server_snapshot(server);
        char text[64];
        size_t n_more;

        if (!node)
                return request_fail(error, -ENOENT, "the node is gone");
        if (!snapshot->hotplug)
                return bus_check_hotplug(server, error);
        blocks->numbers = calloc(snapshot->n_blocks ? snapshot->n_blocks : 1, sizeof(*blocks->numbers));
        if (!blocks->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (snapshot->blocks[i].node == node->id &&
                    !snapshot_more_nodes(snapshot, snapshot->blocks[i].number, &n_more))
                        blocks->numbers[blocks->n_numbers++] = snapshot->blocks[i].number;
        *ret = node->id;
        if (blocks->n_numbers > 0)
                return 0;
        (void) snprintf(text, sizeof(text), "node %d has no memory blocks", node->id);
        return request_fail(error, -ENOENT, text);
}

static int do_plan(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        struct operation_request request = { 0 };
        int node = NODE_NONE, r;

        r = request_read_options(m, OPTIONS_PLAN, &request, error);
        if (r >= 0)
                r = called_node(server, m, &node, &blocks, error);
        return r < 0 ? r : plan_answer(server, m, &blocks, NULL, &request.options, full, error);
}

static int start(struct server *server, sd_bus_message *m, enum job_verb verb, enum option_set set,
                 sd_bus_error *error)
{
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        struct operation_request request = { .verb = verb, .blocks = &blocks };
        char target[32];
        int node = NODE_NONE, r;

        r = request_read_options(m, set, &request, error);
        if (r >= 0)
                r = called_node(server, m, &node, &blocks, error);
        if (r < 0)
                return r;
        (void) snprintf(target, sizeof(target), "node %d", node);
        request.target = target;
        return request_start_job(server, m, &request, error);
}

static int do_offline(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start(server, m, JOB_NODE_OFFLINE, OPTIONS_OFFLINE, error);
}

static int do_online(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return start(server, m, JOB_NODE_ONLINE, OPTIONS_ONLINE, error);
}

static int plan(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_plan, error);
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
        SD_BUS_METHOD_WITH_ARGS("Plan", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("a{sv}", plan), plan,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Offline", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("o", job), offline,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Online", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("o", job), online,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Id", "i", get_figure, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("TotalBytes", "t", get_figure, 0, 0),
        SD_BUS_PROPERTY("FreeBytes", "t", get_figure, 0, 0),
        SD_BUS_PROPERTY("Blocks", "au", get_blocks, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_node_attach(struct server *server)
{
        return bus_attach_objects(server, MEMCTL_PATH_NODE, MEMCTL_IFACE_NODE, vtable, find, enumerate);
}
