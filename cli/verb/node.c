/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * node list, show, plan, offline, online.
 */
#include "cli/ask/argument.h"
#include "cli/verb/verbs.h"
#include "cli/daemon/columns_blocks.h"
#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/object.h"
#include "basic/quote.h"
#include "memctl/bus.h"

#include <string.h>

/* Of a node's blocks. */
struct bytes {
        uint64_t online, offline;
};

static struct bytes count_bytes(const struct wire_blocks *blocks, int64_t node)
{
        const uint8_t *state = blocks->state.data;
        const int32_t *nodes = blocks->node.data;
        struct bytes bytes = { 0 };

        for (size_t i = 0; i < blocks->number.n; i++) {
                const char *name;

                if (nodes[i] != node)
                        continue;
                name = json_object_get_string(json_object_array_get_idx(blocks->states, state[i]));
                if (strcmp(name, "online") == 0)
                        bytes.online += blocks->block_size;
                else if (strcmp(name, "offline") == 0)
                        bytes.offline += blocks->block_size;
        }
        return bytes;
}

static json_object *node_row(json_object *node, const struct wire_blocks *blocks)
{
        struct bytes bytes = count_bytes(blocks, (int64_t) value_number(node, "Id"));
        json_object *row = json_object_new_object();

        json_object_object_add(row, "node", value_number_or_null(node, "Id"));
        json_object_object_add(row, "total_bytes", value_number_or_null(node, "TotalBytes"));
        json_object_object_add(row, "free_bytes", value_number_or_null(node, "FreeBytes"));
        json_object_object_add(row, "blocks", value_or_null(node, "Blocks"));
        json_object_object_add(row, "online_bytes", json_object_new_uint64(bytes.online));
        json_object_object_add(row, "offline_bytes", json_object_new_uint64(bytes.offline));
        return row;
}

static int compare_rows(const void *a, const void *b)
{
        json_object *const *x = a, *const *y = b;
        uint64_t first = value_number(*x, "node"), second = value_number(*y, "node");

        return first < second ? -1 : first > second;
}

static const struct column columns[] = {
        { "node", "NODE", COLUMN_COUNT, false },
        { "total_bytes", "TOTAL", COLUMN_SIZE, false },
        { "free_bytes", "FREE", COLUMN_SIZE, false },
        { "online_bytes", "ONLINE", COLUMN_SIZE, false },
        { "offline_bytes", "OFFLINE", COLUMN_SIZE, false },
        { "blocks", "BLOCKS", COLUMN_LIST, true },
};

const struct columns node_columns = COLUMNS(columns);

/* Takes nodes, an array of their properties. */
static int print_nodes(struct context *context, json_object *nodes)
{
        _cleanup_(wire_blocks_clear) struct wire_blocks blocks = { 0 };
        json_object *rows = json_object_new_array();
        int status;

        status = wire_blocks_get(context, &blocks);
        for (size_t i = 0; status == EXIT_DONE && i < json_object_array_length(nodes); i++)
                json_object_array_add(rows, node_row(json_object_array_get_idx(nodes, i), &blocks));
        json_object_put(nodes);
        if (status != EXIT_DONE) {
                json_object_put(rows);
                return status;
        }
        json_object_array_sort(rows, compare_rows);
        status = output_list(context, "nodes", rows, &node_columns);
        return wire_blocks_problems(&blocks, status);
}

int verb_node_list(struct context *context)
{
        json_object *nodes = NULL;
        int status = value_get_managed(context, MEMCTL_IFACE_NODE, &nodes);

        return status == EXIT_DONE ? print_nodes(context, nodes) : status;
}

/* Room for the path of any node. */
#define NODE_PATH_MAX (sizeof(MEMCTL_PATH_NODE) + 12)

/* The node of that number, and its properties, which are the caller's. An exit status. */
static int get_node(struct context *context, const char *text, char path[static NODE_PATH_MAX],
                    json_object **ret)
{
        _cleanup_json_ json_object *nodes = NULL;
        char quoted[QUOTE_MAX];
        int number, status;

        if (!argument_node(text, &number)) {
                complain("usage", "%s: accepted is the number of a NUMA node, as node list shows it",
                         quote(text, quoted));
                return EXIT_USAGE;
        }
        status = value_get_managed(context, MEMCTL_IFACE_NODE, &nodes);
        for (size_t i = 0; status == EXIT_DONE && i < json_object_array_length(nodes); i++) {
                json_object *node = json_object_array_get_idx(nodes, i);

                if (value_number(node, "Id") != (uint64_t) number)
                        continue;
                (void) snprintf(path, NODE_PATH_MAX, MEMCTL_PATH_NODE "/%d", number);
                *ret = json_object_get(node);
                return EXIT_DONE;
        }
        if (status == EXIT_DONE)
                complain("not_found", "node %d: the machine has no such node", number);
        return status == EXIT_DONE ? EXIT_NOT_FOUND : status;
}

int verb_node_show(struct context *context)
{
        json_object *nodes = json_object_new_array();

        for (size_t i = 0; i < context->n_args; i++) {
                char path[NODE_PATH_MAX];
                json_object *node = NULL;
                int status = get_node(context, context->args[i], path, &node);

                if (status != EXIT_DONE) {
                        json_object_put(nodes);
                        return status;
                }
                json_object_array_add(nodes, node);
        }
        return print_nodes(context, nodes);
}

/* NULL: Plan, else the method that starts a job. */
static int with_node(struct context *context, const char *method)
{
        _cleanup_json_ json_object *node = NULL;
        char path[NODE_PATH_MAX], name[sizeof("node ") + 12];
        const struct object object = { .path = path, .interface = MEMCTL_IFACE_NODE, .name = name };
        int status = get_node(context, context->args[0], path, &node);

        if (status != EXIT_DONE)
                return status;
        (void) snprintf(name, sizeof(name), "node %s", context->args[0]);
        return method ? object_start(context, &object, method) : object_plan(context, &object);
}

int verb_node_plan(struct context *context)
{
        return with_node(context, NULL);
}

int verb_node_offline(struct context *context)
{
        return with_node(context, "Offline");
}

int verb_node_online(struct context *context)
{
        return with_node(context, "Online");
}
