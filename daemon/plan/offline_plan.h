/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked for and known when blocks are to go offline, and the plan that comes of it (offline.h). Data
 * only.
 */
#ifndef MEMCTL_PLAN_OFFLINE_PLAN_H
#define MEMCTL_PLAN_OFFLINE_PLAN_H

#include "daemon/machine/headroom.h"
#include "daemon/machine/history.h"
#include "daemon/machine/snapshot.h"
#include "daemon/pages/cold.h"
#include "daemon/pages/usage.h"
#include "daemon/plan/range.h"
#include "daemon/plan/reason.h"
#include "basic/job_options.h"
#include "basic/pfn_range.h"

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
        struct offline_options options;
        uint64_t page_size;          /* bytes */
        const struct headroom *room;     /* of the whole machine, these blocks included */
        const struct cold *cold;     /* of these blocks' clean page cache; NULL: not looked at */
        const struct history *history; /* past jobs; NULL: none are known */
        uint64_t untold_cma_bytes; /* of CMA areas, where nobody can tell which blocks they lie in; else 0 */
        bool can_fence;              /* memctl.ko can */
        const char *no_fence;        /* else why not, for people; may be NULL */
        bool can_place;              /* pages can be made to go to one node */
        const char *no_place;        /* likewise */
        const struct dimm *eject;    /* the DIMM to eject afterwards, or NULL */
};

struct offline_step {
        uint32_t block;
        enum zone zone;        /* where it is now, and comes back to on roll back */
        uint64_t pages_in_use; /* 0 when not known */
        uint64_t pages_bad;    /* poisoned: the block cannot be put back; it goes last */
        bool unfenced;         /* goes before the fence is raised, which is around the others (first.h) */
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

        bool fence;               /* raised around the blocks of all steps that are not unfenced */
        bool take_used;           /* it takes all that is in use, too */
        struct pfn_range *take;   /* else: what it takes with what is in use, ascending */
        size_t n_take;
        enum cache_mode cache;
        bool drop_all;            /* of clean page cache, what is mapped included */
        bool cache_known;         /* the next two */
        uint64_t drop_bytes, keep_bytes; /* clean page cache given back, and moved */
        enum cold_source cold_source;
        int to_node;              /* NODE_NONE: anywhere */
        uint64_t estimated_usec;  /* 0: not known */
        char **notes;             /* lines for people; ends with NULL; may be NULL */
        struct reason_list reasons;
};

void offline_plan_clear(struct offline_plan *plan);

/* Adds a line to the plan's notes. 0 or -ENOMEM. */
int plan_note(struct offline_plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
