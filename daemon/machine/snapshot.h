/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the machine's memory looks like: blocks, DIMMs, nodes. The types here are data only; the files
 * beside this one fill them from a tree, and monitor.h keeps them true. Nothing here decides anything.
 */
#ifndef MEMCTL_MACHINE_SNAPSHOT_H
#define MEMCTL_MACHINE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/machine/tree.h"
#include "basic/cleanup.h"

enum block_state {
        BLOCK_UNKNOWN, /* the state attribute is missing or no state we know; see snapshot.problems */
        BLOCK_ONLINE,
        BLOCK_OFFLINE,
        BLOCK_GOING_OFFLINE,
        _BLOCK_STATE_MAX,
};

/* The attribute's own word: "online", "offline", "going-offline"; "unknown" for BLOCK_UNKNOWN. */
const char *block_state_name(enum block_state state);

enum zone {
        ZONE_NONE, /* ends a zone list */
        ZONE_DMA,
        ZONE_DMA32,
        ZONE_NORMAL,
        ZONE_HIGHMEM,
        ZONE_MOVABLE,
        ZONE_DEVICE,
        _ZONE_MAX,
};

const char *zone_name(enum zone zone); /* the kernel's name: "Movable"; NULL for ZONE_NONE */
enum zone zone_by_name(const char *name, size_t length); /* ZONE_NONE for any other */

/*
 * valid_zones of a block in the order of the attribute, the first zone in the lowest four bits. For an
 * online block: the zone it is in, or empty when it spans several. For an offline block: where it may go,
 * what a plain "online" would choose first.
 */
typedef uint32_t zone_list_t;

enum zone zone_list_get(zone_list_t zones, unsigned int index); /* ZONE_NONE past the end */
bool zone_list_contains(zone_list_t zones, enum zone zone);

#define ZONE_LIST_TEXT_MAX 64 /* enough for every list, NUL included */

/* The names with a separator between them, "" for an empty list. size at least ZONE_LIST_TEXT_MAX. */
void zone_list_format(zone_list_t zones, char separator, char *text, size_t size);

#define DIMM_NONE UINT32_MAX
#define NODE_NONE (-1)
#define DRIVER_NONE 0

struct memory_block {
        uint32_t number; /* N of memoryN: starts at N * block_size */
        zone_list_t zones;
        uint32_t dimm;  /* index into snapshot.dimms, or DIMM_NONE */
        int16_t node;   /* the lowest of its nodes (snapshot_block_is_on()); NODE_NONE when the tree does not
                           say */
        uint16_t driver; /* whose driver manages it: 1 + index into snapshot.drivers, or DRIVER_NONE */
        uint8_t state;  /* enum block_state */
        bool removable; /* the attribute, false for offline blocks (as lsmem shows it) */
};

struct dimm {
        char *name;          /* of the ACPI memory device: "PNP0C80:00" */
        char *label;         /* SMBIOS device locator, or NULL */
        uint64_t start, end; /* first and last byte address; blocks of others may lie between */
        uint64_t size;       /* bytes of all its blocks */
        int node;
        uint32_t *blocks; /* numbers, ascending */
        size_t n_blocks;
        uint64_t online_bytes, offline_bytes;
        bool ejectable;                               /* the ACPI device has an eject attribute */
        /* EDAC counts, -1 where nobody counts. A DIMM is failing when either is above 0. */
        int64_t corrected_errors, uncorrected_errors;
};

/* A part of a block that keeps it from going offline, as proc/iomem has it. */
struct block_mark {
        uint32_t block;
        enum block_mark_kind {
                BLOCK_HOLE,     /* no memory is there */
                BLOCK_RESERVED, /* the kernel has it for itself since it booted: its image, a crash kernel */
        } kind;
        uint64_t bytes;
        char *name; /* of what is there: "Reserved", "Crash kernel"; NULL: nothing is known to be there */
};

/* A device whose driver takes its blocks offline and back by itself. */
struct memory_driver {
        char *device; /* "virtio0", "dax0.0"; the driver, where no device is told */
        char *driver; /* "virtio_mem", "kmem" */
        uint64_t device_bytes,
                memory_bytes; /* of the device's addresses, and of memory that it has plugged */
};

/* A node beside the one in a block's own structure: the border of two nodes lies in the block. */
struct block_node {
        uint32_t block;
        int16_t node;
};

struct memory_node {
        int id;
        uint64_t total_bytes, free_bytes; /* MemTotal and MemFree of node meminfo, 0 where missing */
};

struct snapshot {
        uint64_t block_size; /* bytes, a power of two; without hotplug there are no blocks of that size */
        bool hotplug;                /* the kernel has memory blocks (CONFIG_MEMORY_HOTPLUG) */
        struct memory_block *blocks; /* ascending by number */
        size_t n_blocks;
        uint32_t *spans; /* without hotplug: numbers of what would be blocks (span.h), ascending */
        size_t n_spans;
        struct dimm *dimms; /* ascending by the number in the name */
        size_t n_dimms;
        struct memory_node *nodes; /* ascending by id */
        size_t n_nodes;
        struct block_node *more_nodes; /* ascending by block, then node; few machines have any */
        size_t n_more_nodes;
        struct block_mark *marks; /* ascending by block */
        size_t n_marks;
        struct memory_driver *drivers;
        size_t n_drivers;
        char **problems;   /* one line each: "PATH: what is wrong, what is accepted" */
        size_t n_problems; /* at most SNAPSHOT_PROBLEMS_MAX are kept */
};

#define SNAPSHOT_PROBLEMS_MAX 64

struct snapshot *snapshot_free(struct snapshot *snapshot);
DEFINE_CLEANUP(struct snapshot *, snapshot_free)

/* Frees snapshot->dimms; the dimm of each block is left dangling. */
void snapshot_clear_dimms(struct snapshot *snapshot);

/* Frees the drivers and the marks. */
void snapshot_clear_iomem(struct snapshot *snapshot);

/* NULL when there is none. The pointers live until the snapshot changes. */
struct memory_block *snapshot_find_block(const struct snapshot *snapshot, uint32_t number);
struct memory_node *snapshot_find_node(const struct snapshot *snapshot, int id);
struct dimm *snapshot_find_dimm(const struct snapshot *snapshot, const char *name);

/* The device whose driver manages a block; NULL: none, or that is not known. */
const struct memory_driver *snapshot_driver(const struct snapshot *snapshot,
                                            const struct memory_block *block);

/* The first of a block's marks, and how many there are. */
const struct block_mark *snapshot_marks(const struct snapshot *snapshot, uint32_t block, size_t *ret_n);

/* The nodes beside block.node that have a part of it, ascending, and how many there are. */
const struct block_node *snapshot_more_nodes(const struct snapshot *snapshot, uint32_t block, size_t *ret_n);

/* Whether all of a block, or a part of it, is the node's. */
bool snapshot_block_is_on(const struct snapshot *snapshot, const struct memory_block *block, int node);

/* Adds a formatted line to problems; past SNAPSHOT_PROBLEMS_MAX it is dropped. */
void snapshot_problem(struct snapshot *snapshot, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

#endif
