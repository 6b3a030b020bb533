/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NUMA nodes: their blocks (the memoryM links in each node's folder: one listing a node instead of one
 * look-up a block) and their meminfo.
 */
#ifndef MEMCTL_MACHINE_NODE_H
#define MEMCTL_MACHINE_NODE_H

#include "daemon/machine/snapshot.h"

/* Which nodes there are and which blocks are theirs, read without a snapshot: what a thread can do alone. */
struct node_list {
        int *ids;
        size_t n_ids;
        struct node_member {
                uint32_t block;
                int16_t node;
        } * members;
        size_t n_members;
};

/* 0, -ENOMEM, or -errno for a tree without nodes. */
int node_list_read(struct tree *tree, struct node_list *ret);
void node_list_clear(struct node_list *list);

/*
 * Fills snapshot->nodes, snapshot->more_nodes, and the node of each block in it, from what node_list_read()
 * found and returned. 0 or -ENOMEM.
 */
int nodes_place(struct tree *tree, struct snapshot *snapshot, const struct node_list *list, int error);

/* Both at once. 0 or -ENOMEM; a tree without nodes has none. */
int nodes_read_all(struct tree *tree, struct snapshot *snapshot);

/* The lowest node of one block, from the links in its own folder. 0, or -errno when there is no such folder.
 */
int node_read_of_block(struct tree *tree, struct memory_block *block);

/* Reads total_bytes and free_bytes of a node again. */
void node_read_meminfo(struct tree *tree, struct memory_node *node);

#endif
