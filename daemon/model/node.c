/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/model/node.h"

#include "basic/number.h"
#include "daemon/model/listing.h"
#include "daemon/model/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define NODES_DIR "sys/devices/system/node"

/* MAX_NUMNODES is 1024 at most in the kernel; node is an int16_t here. */
#define NODE_ID_MAX 32767

static int add_node(void *userdata, uint32_t id)
{
        struct snapshot *snapshot = userdata;
        struct memory_node *nodes;

        if (id > NODE_ID_MAX)
                return 0;
        nodes = reallocarray(snapshot->nodes, snapshot->n_nodes + 1, sizeof(*nodes));
        if (!nodes)
                return -ENOMEM;
        snapshot->nodes = nodes;
        snapshot->nodes[snapshot->n_nodes++] = (struct memory_node){ .id = (int) id };
        return 0;
}

static int compare_nodes(const void *a, const void *b)
{
        const struct memory_node *x = a, *y = b;

        return x->id < y->id ? -1 : x->id > y->id;
}

struct placing {
        struct snapshot *snapshot;
        int node;
};

static int place_block(void *userdata, uint32_t number)
{
        struct placing *placing = userdata;
        struct memory_block *block = snapshot_find_block(placing->snapshot, number);

        if (block)
                block->node = (int16_t) placing->node;
        return 0;
}

/* Trees that hold only the memory folder still have the link to the node in each block's own. */
static int node_of_own_link(void *userdata, uint32_t id)
{
        struct memory_block *block = userdata;

        if (id <= NODE_ID_MAX)
                block->node = (int16_t) id;
        return 0;
}

static int place_by_own_links(struct tree *tree, struct snapshot *snapshot)
{
        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                int r = node_read_of_block(tree, &snapshot->blocks[i]);

                if (r < 0 && r != -ENOENT)
                        return r;
        }
        return 0;
}

int node_read_of_block(struct tree *tree, struct memory_block *block)
{
        char path[32];

        (void) snprintf(path, sizeof(path), "memory%u", block->number);
        return list_numbered(tree->memory_fd, path, "node", node_of_own_link, block);
}

int nodes_read_all(struct tree *tree, struct snapshot *snapshot)
{
        int r;

        r = list_numbered(tree->root_fd, NODES_DIR, "node", add_node, snapshot);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return place_by_own_links(tree, snapshot);
        if (snapshot->n_nodes > 1)
                qsort(snapshot->nodes, snapshot->n_nodes, sizeof(*snapshot->nodes), compare_nodes);

        for (size_t i = 0; i < snapshot->n_nodes; i++) {
                struct placing placing = { .snapshot = snapshot, .node = snapshot->nodes[i].id };
                char path[64];

                (void) snprintf(path, sizeof(path), NODES_DIR "/node%d", placing.node);
                (void) list_numbered(tree->root_fd, path, "memory", place_block, &placing);
        }
        nodes_read_meminfo(tree, snapshot);
        return 0;
}

void nodes_read_meminfo(struct tree *tree, struct snapshot *snapshot)
{
        for (size_t i = 0; i < snapshot->n_nodes; i++) {
                struct memory_node *node = &snapshot->nodes[i];
                _cleanup_free_ char *text = NULL;
                char path[64];

                (void) snprintf(path, sizeof(path), NODES_DIR "/node%d/meminfo", node->id);
                text = text_read(tree->root_fd, path);
                if (!text)
                        continue;
                (void) text_kib(text, "MemTotal:", &node->total_bytes);
                (void) text_kib(text, "MemFree:", &node->free_bytes);
        }
}
