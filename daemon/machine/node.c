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

int nodes_place(struct tree *tree, struct snapshot *snapshot, const struct node_list *list, int error)
{
        if (error == -ENOMEM)
                return error;
        if (error < 0)
                return place_by_own_links(tree, snapshot);

        snapshot->nodes = calloc(list->n_ids + 1, sizeof(*snapshot->nodes));
        if (!snapshot->nodes)
                return -ENOMEM;
        for (size_t i = 0; i < list->n_ids; i++)
                snapshot->nodes[snapshot->n_nodes++] = (struct memory_node){ .id = list->ids[i] };
        for (size_t i = 0; i < list->n_members; i++) {
                struct memory_block *block = snapshot_find_block(snapshot, list->members[i].block);

                if (block)
                        block->node = list->members[i].node;
        }
        for (size_t i = 0; i < snapshot->n_nodes; i++)
                node_read_meminfo(tree, &snapshot->nodes[i]);
        return 0;
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
