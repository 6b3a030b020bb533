/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is held while blocks go offline: a lease on the LRU caches, and the fence. Both help and neither is
 * needed: where one is not to be had, or falls, all goes on without, as long as there is room for what
 * is to move.
 */
#ifndef MEMCTL_OPERATION_OFFLINE_GUARD_H
#define MEMCTL_OPERATION_OFFLINE_GUARD_H

#include "daemon/core/node_cgroup.h"
#include "daemon/machine/machine.h"
#include "daemon/plan/offline.h"

struct guard;

/* Whom it tells; all from the loop, with userdata. It may be freed from within. */
struct guard_owner {
        /* The blocks that are still to go, ascending. 0 or -ENOMEM. */
        int (*left)(void *userdata, struct block_set *ret);
        /* More is held; waiting: the rate keeps the next step from beginning now. */
        void (*progress)(void *userdata, bool waiting);
        void (*note)(void *userdata, const char *text);
        /* What guard_raise() began is over: with a fence, or without. */
        void (*raised)(void *userdata);
        /*
         * What is left to go has no room elsewhere, for this reason: when the fence was filled, or when it
         * fell later on. The guard does nothing more.
         */
        void (*no_room)(void *userdata, const struct reason *reason);
};

struct guard_request {
        const struct offline_plan *plan; /* borrowed, and what it takes not freed before the guard */
        struct offline_options options;
        const struct node_cgroup *node_cgroup; /* where what is taken goes; NULL: anywhere; borrowed */
};

int guard_new(struct machine *machine, const struct guard_request *request, const struct guard_owner *owner,
              void *userdata, struct guard **ret);

/* All of it is no more when this returns. */
struct guard *guard_free(struct guard *guard);
DEFINE_CLEANUP(struct guard *, guard_free)

/* Takes or gives up the lease: whoever waits for long needs none. */
void guard_hold_caches(struct guard *guard, bool hold);

/* Begins to raise the fence around what is left to go; raised() or no_room() follows, later. Once. */
void guard_raise(struct guard *guard);

/* Pages held, when that was last told; pages of drivers moved in rounds of their own, which the kernel does
 * not count. */
uint64_t guard_held(const struct guard *guard);
uint64_t guard_evacuated(const struct guard *guard);
/* A fence stands, or would have if it were not down by its own. */
bool guard_stood(const struct guard *guard);
/* It fell, so time says nothing about the next one's. */
bool guard_fell(const struct guard *guard);

#endif
