/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How to take blocks offline, or why not to try. Pure: everything it goes by is in its arguments, and the
 * same arguments give the same plan.
 */
#ifndef MEMCTL_PLAN_OFFLINE_H
#define MEMCTL_PLAN_OFFLINE_H

#include "daemon/model/snapshot.h"
#include "daemon/model/usage.h"
#include "daemon/plan/range.h"
#include "daemon/plan/reason.h"

/* Pages that certainly keep their block, and who maps them. */
struct offline_keeper {
        uint32_t block;
        uint64_t pages;
        const char *owner;
        bool searched; /* for processes */
        const struct reason_process *processes;
        size_t n_processes;
};

struct offline_request {
        const uint32_t *blocks; /* ascending, each once, all of the snapshot */
        size_t n_blocks;
        const struct block_usage *usage; /* one for each of blocks, same order */
        const struct offline_keeper
                *keepers; /* ascending by block; blocks not asked about may be among them */
        size_t n_keepers;
        bool force;               /* try in spite of them */
        uint64_t page_size;       /* bytes */
        struct memory_room room;  /* of the whole machine, these blocks included */
        const struct dimm *eject; /* the DIMM to eject afterwards, or NULL */
};

struct offline_step {
        uint32_t block;
        enum zone zone;        /* where it is now, and comes back to on roll back */
        uint64_t pages_in_use; /* 0 when not known */
};

struct offline_plan {
        bool refused;               /* then steps is empty and reasons is not */
        struct offline_step *steps; /* in the order to go */
        size_t n_steps;
        uint64_t pages_in_use;    /* of all steps */
        bool usage_known;         /* of all blocks; where false, room was not judged */
        bool room_known;          /* likewise */
        uint64_t needed_bytes;    /* what has to find room elsewhere */
        uint64_t available_bytes; /* room elsewhere, cache that can be dropped included */
        struct reason_list reasons;
};

void offline_plan_clear(struct offline_plan *plan);

/*
 * Plans to take the request's online blocks offline; those already offline need no step. The whole request
 * is refused when a block cannot be offlined for what the snapshot says (unknown or passing state, not
 * removable, in several zones), when pages in it certainly do not move (unless forced), when the DIMM cannot
 * be ejected, or when there is no room for what is in use; all reasons are given, not only the first. Order:
 * emptiest blocks first, so that fewer of the pages that leave one block land in a block still to go; ties
 * from the highest number down. Returns 0 (refused or not) or -ENOMEM.
 */
int offline_plan_make(const struct snapshot *snapshot, const struct offline_request *request,
                      struct offline_plan *ret);

/*
 * Picks blocks for "--size": online removable blocks in ZONE_MOVABLE (on node, unless NODE_NONE), from the
 * highest number down, until size bytes are reached. Fails with *message set: -EINVAL when size is 0 or no
 * multiple of the block size, or the node does not exist; -ERANGE when there are not that many blocks.
 */
int offline_pick_by_size(const struct snapshot *snapshot, uint64_t size, int node, struct block_set *ret,
                         char **message);

#endif
