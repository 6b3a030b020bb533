/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads memory blocks: one again after an event (block.c), or all of a tree (scan.c).
 */
#ifndef MEMCTL_MACHINE_BLOCK_H
#define MEMCTL_MACHINE_BLOCK_H

#include "daemon/machine/snapshot.h"

/*
 * Fills snapshot->block_size, blocks and nodes; the blocks' dimm is left DIMM_NONE for dimm.h. As
 * snapshot_read().
 */
int blocks_read_all(struct tree *tree, struct snapshot *snapshot, char **message);

/*
 * Reads one block's attributes into *block: state, zones, removable. The caller has set number, and node to
 * what it knows or NODE_NONE; node and dimm are left as they are. Returns 0, or -ENOENT when the block is
 * gone. What is wrong with it becomes a problem of the snapshot, if one is given.
 */
int block_read(struct tree *tree, struct snapshot *snapshot, struct memory_block *block);

/* One attribute that was not as it should be, kept until it can be told. */
struct block_problem {
        const char *attribute; /* "state", "valid_zones", "removable"; NULL: none */
        int error;             /* of attr_read(), or -EINVAL for a value that is none of the accepted */
};

/* Reading one block without a snapshot to complain to: what threads use. removable: NULL reads it. */
int block_read_quietly(struct tree *tree, const bool *removable, struct memory_block *block,
                       struct block_problem *problem);
void block_report(struct snapshot *snapshot, uint32_t number, const struct block_problem *problem);

/*
 * The block's state as the tree says right now, without a snapshot: what a job goes by. enum block_state,
 * BLOCK_UNKNOWN when it cannot be read; -ENOENT when the block is gone.
 */
int block_read_state(struct tree *tree, uint32_t number);

/*
 * What tells a block from one that was plugged in its place since: sysfs gives each device's folder a number
 * that does not come again until four thousand million others were made (kernfs_new_node(),
 * fs/kernfs/dir.c). It is the same for as long as the memory stays plugged, whatever becomes of this
 * process. 0: not known, or gone.
 */
uint64_t block_identity(struct tree *tree, uint32_t number);

#endif
