/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The per-CPU LRU caches: pages in them are on no LRU list, so migration passes them by. memctl.ko holds the
 * caches off while somebody has a lease; this reads whether it can, and who has one. job/lease.h takes one.
 */
#ifndef MEMCTL_MODULE_LRU_H
#define MEMCTL_MODULE_LRU_H

#include "basic/command.h"
#include "daemon/machine/tree.h"
#include "daemon/module/netlink.h"
#include "uapi/memctl.h"

#include <stddef.h>

#define LRU_REASON_MAX  256

struct lru_lease {
        uint64_t id; /* not 0 */
        uint32_t pid;                  /* 0: not told, as this process has no CAP_SYS_ADMIN */
        char command[COMMAND_SIZE]; /* printable ASCII; may be empty, and is without a pid */
        uint64_t held_nsecs, left_nsecs;
};

struct lru_cache {
        bool loaded;                 /* memctl.ko: else only reason says anything */
        bool supported;              /* leases can be taken */
        char reason[LRU_REASON_MAX]; /* why not; "" when supported */
        uint32_t disabled;           /* by how many, the kernel itself included; only where supported */
        uint32_t longest_seconds;    /* of a lease; at least 1 */
        struct lru_lease leases[MEMCTL_LEASES_MAX];
        size_t n_leases;
};

/*
 * 0, or -errno with *message set when memctl.ko answers what cannot be read, or nothing. That there is no
 * memctl.ko is no error, but a reason; likewise for a tree that is not the running machine's. May block for
 * milliseconds, while the first lease of all is being taken.
 */
int lru_cache_read(const struct tree *tree, struct lru_cache *ret, char **message);

/* The answers to MEMCTL_C_LRU_CACHE, and to MEMCTL_C_LRU_HOLD. 0, or -EBADMSG with *message set. */
int lru_cache_parse(struct nlmsghdr *header, struct lru_cache *ret, char **message);
int lru_lease_parse(struct nlmsghdr *header, struct lru_lease *ret, char **message);

#endif
