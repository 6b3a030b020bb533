/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a request was refused or failed, as data: a code and the figures that belong to it. The same list goes
 * from the plan through the job and the bus to the CLI's JSON.
 */
#ifndef MEMCTL_PLAN_REASON_H
#define MEMCTL_PLAN_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reason_code {
        REASON_NOT_ENOUGH_MEMORY, /* needed_bytes, available_bytes */
        REASON_UNMOVABLE,         /* block, pages, owner (text), processes */
        REASON_NOT_REMOVABLE,     /* block: its removable attribute says 0 */
        REASON_MIXED_ZONES,       /* block: online and in no single zone */
        REASON_BAD_STATE,         /* block, text: the state it is in */
        REASON_ZONE_NOT_POSSIBLE, /* block, text: the zone asked for */
        REASON_BLOCK_FAILED,      /* block, text: what the kernel answered */
        REASON_BLOCK_CHANGED,     /* block: vanished, or changed by somebody else, during the job */
        REASON_NOT_EJECTABLE,     /* text: the DIMM */
        REASON_EJECT_FAILED,      /* text: what went wrong */
        REASON_BLOCKS_ONLINE,     /* block: an eject was asked while it is online */
        REASON_ROLL_BACK_FAILED,  /* block, text: could not be put back */
        REASON_DRIVER_OWNED, /* block, text: the device whose driver manages it, driver, bytes: of memory
                                that it has plugged, device_bytes: of its addresses */
        REASON_NO_ROOM_FOR_HUGE_PAGES, /* needed_bytes, available_bytes */
        REASON_INTERRUPTED,            /* text: memctld died in the job */
        REASON_NODE_NOT_POSSIBLE,      /* text: why pages cannot all go to the node asked for */
        REASON_HOLE,                   /* block, bytes, text: what is there instead; may be NULL */
        REASON_RESERVED,               /* block, bytes, text: what the kernel has there */
        REASON_COMPACTION_FAILED,      /* text: what went wrong */
        REASON_HUGE_PAGES_FAILED,      /* text: how many came, or what the kernel answered */
        REASON_MORE,                   /* count: reasons about blocks that the list has no room for */
        _REASON_MAX,
};

const char *reason_code_name(enum reason_code code); /* "not_enough_memory" */

#define REASON_NO_BLOCK UINT32_MAX

/* Processes named with a reason. */
#define REASON_PROCESSES_MAX 8

struct reason_process {
        uint32_t pid;
        char command[20]; /* "" where it is not known */
};

struct reason {
        enum reason_code code;
        uint32_t block;                         /* REASON_NO_BLOCK when it is about none */
        uint32_t last_block; /* the same is true of all from block to this one; 0 where it is about one */
        uint64_t pages;                         /* REASON_UNMOVABLE */
        uint64_t needed_bytes, available_bytes; /* REASON_NOT_ENOUGH_MEMORY, _NO_ROOM_FOR_HUGE_PAGES */
        uint64_t bytes, device_bytes;           /* REASON_HOLE, _RESERVED, _DRIVER_OWNED */
        uint64_t count;                         /* REASON_MORE */
        char driver[20];                        /* REASON_DRIVER_OWNED: "virtio_mem", "kmem" */
        bool searched;      /* REASON_UNMOVABLE: all processes that map the pages were looked for */
        size_t n_processes; /* likewise: some of them */
        struct reason_process processes[REASON_PROCESSES_MAX];
        char *text; /* owner, state, zone, DIMM or message; may be NULL */
};

/* Reasons about so many ranges of blocks are plenty: a DIMM may have thousands. What is said of a whole
 * request comes on top. */
#define REASON_BLOCKS_MAX 64

struct reason_list {
        struct reason *items;
        size_t n_items;
};

/* Copies reason, text included, to the end of the list. 0 or -ENOMEM. */
int reason_list_add(struct reason_list *list, const struct reason *reason);

/*
 * For plans: adds a reason about one block. Where the block before it has the same reason, that is said of
 * both. From REASON_BLOCKS_MAX reasons about blocks on they are only counted (REASON_MORE). 0 or -ENOMEM.
 */
int reason_list_add_about_block(struct reason_list *list, const struct reason *reason);
int reason_list_add_block(struct reason_list *list, enum reason_code code, uint32_t block, const char *text);

void reason_list_clear(struct reason_list *list);

#endif
