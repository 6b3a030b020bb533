/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of Manager.ListBlocks, checked: what came over the wire is used as indices.
 */
#ifndef MEMCTL_CLI_COLUMNS_BLOCKS_H
#define MEMCTL_CLI_COLUMNS_BLOCKS_H

#include "cli/run/context.h"
#include "cli/daemon/value.h"

/* A column as it lies in the message, which must outlive it. */
struct wire_column {
        const void *data;
        size_t n;
};

/* Reads an array of numbers of that type, size bytes each. 0 or more, or -errno. */
int wire_column_read(sd_bus_message *m, char type, size_t size, struct wire_column *ret);

#define WIRE_NO_DRIVER UINT16_MAX

struct wire_blocks {
        sd_bus_message *message;
        uint64_t block_size;
        struct wire_column number; /* uint32_t, strictly ascending */
        struct wire_column state;  /* uint8_t, index into states */
        struct wire_column node;   /* int32_t, -1: not known */
        struct wire_column zones;  /* uint16_t, index into zone_lists */
        struct wire_column removable;
        struct wire_column dimm; /* uint32_t, index into dimms, or MEMCTL_NONE */
        struct wire_column driver; /* uint16_t, index into drivers, or WIRE_NO_DRIVER */
        /* of blocks in several nodes, ascending: the block (uint32_t), and a node beside that of the column
         * (int32_t) */
        struct wire_column shared_block, shared_node;
        json_object *states, *zone_lists, *dimms, *drivers, *problems;
};

/* Takes the columns out of the reply. 0 or -errno, -EBADMSG when they do not fit together. */
int wire_blocks_read(struct wire_blocks *blocks, sd_bus_message *reply);

/* All nodes of the i-th block, ascending: an array of numbers, empty where none is known; the caller's. */
json_object *wire_blocks_nodes(const struct wire_blocks *blocks, size_t i);

/* Asks for all blocks. An exit status. */
int wire_blocks_get(struct context *context, struct wire_blocks *blocks);

/* Says that the kernel has no memory blocks, if so: EXIT_FAILED, else EXIT_DONE. */
int wire_blocks_need(uint64_t block_size);

/* Says what could not be read of blocks: EXIT_FAILED when there was something, else status. */
int wire_blocks_problems(const struct wire_blocks *blocks, int status);

void wire_blocks_clear(struct wire_blocks *blocks);

#endif
