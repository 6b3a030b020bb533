/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who has called, and what is counted for each of them.
 */
#ifndef MEMCTL_BUS_CALLERS_H
#define MEMCTL_BUS_CALLERS_H

#include <stddef.h>
#include <stdint.h>

/* What is counted for each user. */
enum caller_has {
        CALLER_HAS_CHECKS,       /* calls that polkit is asked about */
        CALLER_HAS_QUERIES,      /* calls whose answer takes a while: Survey, Why, Plan, OfflineSize */
        CALLER_HAS_LEASES,       /* on the LRU caches */
        CALLER_HAS_JOBS,         /* that are not finished */
        CALLER_HAS_RESERVATIONS, /* of contiguous memory, that this memctld has made or is making */
        CALLER_HAS_RELEASES,     /* of those, that are under way */
        _CALLER_HAS_MAX,
};

/* Senders whose uids are remembered. The bus gives no name twice. */
#define CALLER_KNOWN_MAX 64U

struct caller_known {
        char sender[32]; /* ":1.42" */
        uint32_t uid;
};

struct callers {
        struct caller_known known[CALLER_KNOWN_MAX]; /* a ring: the oldest is forgotten first */
        size_t next;
};

#endif
