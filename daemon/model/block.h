/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads memory blocks: all of a tree, or one again after an event.
 */
#ifndef MEMCTL_MODEL_BLOCK_H
#define MEMCTL_MODEL_BLOCK_H

#include "daemon/model/snapshot.h"

/* Fills snapshot->block_size and snapshot->blocks (dimm is left DIMM_NONE). As snapshot_read(). */
int blocks_read_all(struct tree *tree, struct snapshot *snapshot, char **message);

/*
 * Reads one block's attributes and node into *block (number set by the caller). Returns 0, or -ENOENT when
 * the block is gone. What is wrong with it becomes a problem of the snapshot, if one is given.
 */
int block_read(struct tree *tree, struct snapshot *snapshot, struct memory_block *block);

/* Parses valid_zones. Returns 0, or -EINVAL for an unknown, repeated or over-long list. */
int zone_list_parse(const char *text, zone_list_t *ret);

/*
 * The block's state as the tree says right now, without a snapshot: what a job goes by.
 * BLOCK_UNKNOWN when it cannot be read; -ENOENT when the block is gone.
 */
int block_read_state(struct tree *tree, uint32_t number);

#endif
