/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks that came, put together by what brought them: a DIMM, a driver's device, or nothing that is known.
 * All of one go to the same zone. Pure: of a snapshot, whose text it points to.
 */
#ifndef MEMCTL_ONLINING_NEWCOMER_H
#define MEMCTL_ONLINING_NEWCOMER_H

#include "daemon/machine/snapshot.h"
#include "daemon/onlining/decide.h"

#define NEWCOMER_NAME_MAX   128
#define NEWCOMER_BLOCKS_MAX 96

struct newcomer {
        char name[NEWCOMER_NAME_MAX];   /* "PNP0C80:00", "virtio0", "blocks 32-39"; with a node where need be
                                         */
        char text[NEWCOMER_BLOCKS_MAX]; /* its blocks, as a range; cut off if need be */
        uint32_t dimm;                  /* as a block has them */
        uint16_t driver;
        struct new_memory memory;
        bool known;                 /* what brought it, and its node; else more may become known */
        bool passing;               /* one of its blocks is neither online nor offline */
        uint32_t *offline, *online; /* numbers, ascending */
        size_t n_offline, n_online;
        enum online_target online_in; /* where those that are online are: TARGET_NONE for several zones */
};

struct newcomers {
        struct newcomer *items; /* by the first of their blocks */
        size_t n;
};

void newcomers_clear(struct newcomers *newcomers);

/* numbers: ascending; those that are not there are passed over. 0 or -ENOMEM. */
int newcomers_find(const struct snapshot *snapshot, const uint32_t *numbers, size_t n,
                   struct newcomers *ret);

#endif
