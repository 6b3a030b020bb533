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
        int16_t node;   /* NODE_NONE when the tree does not say */
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

struct memory_node {
        int id;
        uint64_t total_bytes, free_bytes; /* MemTotal and MemFree of node meminfo, 0 where missing */
};

struct snapshot {
        uint64_t block_size;         /* bytes, a power of two */
        struct memory_block *blocks; /* ascending by number */
        size_t n_blocks;
        struct dimm *dimms; /* ascending by name */
        size_t n_dimms;
        struct memory_node *nodes; /* ascending by id */
        size_t n_nodes;
        char **drivers; /* names of devices: "virtio0" */
        size_t n_drivers;
        char **problems;   /* one line each: "PATH: what is wrong, what is accepted" */
        size_t n_problems; /* at most SNAPSHOT_PROBLEMS_MAX are kept */
};

#define SNAPSHOT_PROBLEMS_MAX 64

/*
 * Reads the whole tree. Large machines (block_read_threads() in block.c) are read by two threads, which are
 * gone on return. A broken block is kept as BLOCK_UNKNOWN and named in problems; one that vanishes during
 * the read is left out. Fails with -errno and *message set only where nothing can be said at all: no
 * block_size_bytes, or one that is no power of two.
 */
int snapshot_read(struct tree *tree, struct snapshot **ret, char **message);
struct snapshot *snapshot_free(struct snapshot *snapshot);
DEFINE_CLEANUP(struct snapshot *, snapshot_free)

/* NULL when there is none. The pointers live until the snapshot changes. */
struct memory_block *snapshot_find_block(const struct snapshot *snapshot, uint32_t number);
struct dimm *snapshot_find_dimm(const struct snapshot *snapshot, const char *name);

/* The device whose driver manages a block: "virtio0"; NULL: none, or that is not known. */
const char *snapshot_driver(const struct snapshot *snapshot, const struct memory_block *block);

/* Adds a formatted line to problems; past SNAPSHOT_PROBLEMS_MAX it is dropped. */
void snapshot_problem(struct snapshot *snapshot, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

#endif
