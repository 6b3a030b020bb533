/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/node.h"

#include "daemon/machine/listing.h"
#include "daemon/machine/text.h"
#include "basic/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define NODES_DIR "sys/devices/system/node"

/* MAX_NUMNODES is 1024 at most in the kernel; node is an int16_t here. */
#define NODE_ID_MAX 32767

static int add_id(void *userdata, uint32_t id)
{
        struct node_list *list = userdata;
        int *ids;

        if (id > NODE_ID_MAX)
                return 0;
        ids = reallocarray(list->ids, list->n_ids + 1, sizeof(*ids));
        if (!ids)
                return -ENOMEM;
        list->ids = ids;
        list->ids[list->n_ids++] = (int) id;
        return 0;
}

static int compare_ids(const void *a, const void *b)
{
        const int *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

/* A list that grows by doubling; size is what is allocated. */
struct growing {
        struct node_list *list;
        size_t size;
        int node;
};

static int add_member(void *userdata, uint32_t block)
{
        struct growing *growing = userdata;
        struct node_list *list = growing->list;

        if (list->n_members == growing->size) {
                size_t size = growing->size ? growing->size * 2 : 256;
                struct node_member *members = reallocarray(list->members, size, sizeof(*members));

                if (!members)
                        return -ENOMEM;
                list->members = members;
                growing->size = size;
        }
        list->members[list->n_members++] =
                (struct node_member){ .block = block, .node = (int16_t) growing->node };
        return 0;
}

int node_list_read(struct tree *tree, struct node_list *ret)
{
        struct growing growing = { .list = ret };
        int r;

        r = list_numbered(tree->root_fd, NODES_DIR, "node", add_id, ret);
        if (r < 0)
                return r;
        if (ret->n_ids > 1)
                qsort(ret->ids, ret->n_ids, sizeof(*ret->ids), compare_ids);

        for (size_t i = 0; i < ret->n_ids; i++) {
                char path[64];

                growing.node = ret->ids[i];
                (void) snprintf(path, sizeof(path), NODES_DIR "/node%d", growing.node);
                r = list_numbered(tree->root_fd, path, "memory", add_member, &growing);
                if (r == -ENOMEM)
                        return r;
        }
        return 0;
}

void node_list_clear(struct node_list *list)
{
        free(list->ids);
        free(list->members);
        *list = (struct node_list){ 0 };
}

/* Trees that hold only the memory folder still have the link to the node in each block's own. */
static int node_of_own_link(void *userdata, uint32_t id)
{
        struct memory_block *block = userdata;

        if (id <= NODE_ID_MAX && (block->node == NODE_NONE || (int16_t) id < block->node))
                block->node = (int16_t) id;
        return 0;
}

static int add_more(struct snapshot *snapshot, uint32_t block, int16_t node)
{
        size_t n = snapshot->n_more_nodes;

        /* by doubling, whenever the number is a power of two */
        if ((n & (n - 1)) == 0) {
                struct block_node *more = reallocarray(snapshot->more_nodes, n ? 2 * n : 1, sizeof(*more));

                if (!more)
                        return -ENOMEM;
                snapshot->more_nodes = more;
        }
        snapshot->more_nodes[snapshot->n_more_nodes++] = (struct block_node){ .block = block, .node = node };
        return 0;
}

/* The lowest node is the block's own, the others stand apart. */
static int place(struct snapshot *snapshot, struct memory_block *block, int16_t node)
{
        int16_t other = block->node;

        if (other == NODE_NONE || other == node) {
                block->node = node;
                return 0;
        }
        if (node < other) {
                block->node = node;
                node = other;
        }
        return add_more(snapshot, block->number, node);
}

static int compare_more(const void *a, const void *b)
{
        const struct block_node *x = a, *y = b;

        if (x->block != y->block)
                return x->block < y->block ? -1 : 1;
        return x->node < y->node ? -1 : x->node > y->node;
}

static void sort_more(struct snapshot *snapshot)
{
        if (snapshot->n_more_nodes > 1)
                qsort(snapshot->more_nodes, snapshot->n_more_nodes, sizeof(*snapshot->more_nodes),
                      compare_more);
}

static void forget_nodes(struct snapshot *snapshot)
{
        free(snapshot->nodes);
        free(snapshot->more_nodes);
        snapshot->nodes = NULL;
        snapshot->more_nodes = NULL;
        snapshot->n_nodes = snapshot->n_more_nodes = 0;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                snapshot->blocks[i].node = NODE_NONE;
}

struct own_links {
        struct snapshot *snapshot;
        struct memory_block *block;
};

static int on_own_link(void *userdata, uint32_t id)
{
        struct own_links *links = userdata;

        return id <= NODE_ID_MAX ? place(links->snapshot, links->block, (int16_t) id) : 0;
}

static int place_by_own_links(struct tree *tree, struct snapshot *snapshot)
{
        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                struct own_links links = { .snapshot = snapshot, .block = &snapshot->blocks[i] };
                char path[32];
                int r;

                (void) snprintf(path, sizeof(path), "memory%u", links.block->number);
                r = list_numbered(tree->memory_fd, path, "node", on_own_link, &links);
                if (r < 0 && r != -ENOENT)
                        return r;
        }
        sort_more(snapshot);
        return 0;
}

int node_read_of_block(struct tree *tree, struct memory_block *block)
{
        char path[32];

        (void) snprintf(path, sizeof(path), "memory%u", block->number);
        return list_numbered(tree->memory_fd, path, "node", node_of_own_link, block);
}

int nodes_place(struct tree *tree, struct snapshot *snapshot, const struct node_list *list, int error)
{
        int r = 0;

        if (error == -ENOMEM)
                return error;
        forget_nodes(snapshot);
        if (error < 0)
                return snapshot->n_blocks > 0 ? place_by_own_links(tree, snapshot) : 0;

        snapshot->nodes = calloc(list->n_ids + 1, sizeof(*snapshot->nodes));
        if (!snapshot->nodes)
                return -ENOMEM;
        for (size_t i = 0; i < list->n_ids; i++)
                snapshot->nodes[snapshot->n_nodes++] = (struct memory_node){ .id = list->ids[i] };
        for (size_t i = 0; r >= 0 && i < list->n_members; i++) {
                struct memory_block *block = snapshot_find_block(snapshot, list->members[i].block);

                if (block)
                        r = place(snapshot, block, list->members[i].node);
        }
        sort_more(snapshot);
        for (size_t i = 0; i < snapshot->n_nodes; i++)
                node_read_meminfo(tree, &snapshot->nodes[i]);
        return r;
}

int nodes_read_all(struct tree *tree, struct snapshot *snapshot)
{
        _cleanup_(node_list_clear) struct node_list list = { 0 };
        int r;

        r = node_list_read(tree, &list);
        return nodes_place(tree, snapshot, &list, r);
}

void node_read_meminfo(struct tree *tree, struct memory_node *node)
{
        _cleanup_free_ char *text = NULL;
        char path[64];

        (void) snprintf(path, sizeof(path), NODES_DIR "/node%d/meminfo", node->id);
        text = text_read(tree->root_fd, path);
        if (!text)
                return;
        (void) text_kib(text, "MemTotal:", &node->total_bytes);
        (void) text_kib(text, "MemFree:", &node->free_bytes);
}
