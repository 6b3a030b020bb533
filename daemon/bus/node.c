/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Node on /org/memctl1/node/N.
 */
#include "daemon/model/node.h"
#include "daemon/bus/server.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

static struct memory_node *node_of_path(struct server *server, const char *path)
{
        struct snapshot *snapshot = server_snapshot(server);
        uint32_t id;

        if (!bus_path_number(path, MEMCTL_PATH_NODE, &id))
                return NULL;
        for (size_t i = 0; i < snapshot->n_nodes; i++)
                if ((uint32_t) snapshot->nodes[i].id == id)
                        return &snapshot->nodes[i];
        return NULL;
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
        nodes_read_meminfo(server->machine->tree, server_snapshot(server));
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
                if (snapshot->blocks[i].node == node->id)
                        r = sd_bus_message_append(reply, "u", snapshot->blocks[i].number);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
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
