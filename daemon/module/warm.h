/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The warm reserve of memctl.ko: contiguous memory that is kept ready, and given back as soon as the machine
 * is short of memory.
 */
#ifndef MEMCTL_MODULE_WARM_H
#define MEMCTL_MODULE_WARM_H

#include "daemon/machine/tree.h"
#include "daemon/module/netlink.h"

#include <stdbool.h>
#include <stdint.h>

#define WARM_ANY_NODE (-1)

/* Counts are since memctl.ko was loaded. */
struct warm_reserve {
        uint64_t target_bytes; /* to be kept; 0: there is no reserve */
        int node;              /* or WARM_ANY_NODE */
        uint64_t bytes;        /* kept now */
        uint64_t longest_bytes;
        uint32_t runs;
        bool is_short;           /* memory is short: it is not being filled */
        uint64_t served, missed; /* requests */
        uint64_t given_bytes;    /* back, because memory was short */
        uint64_t filled_bytes;
};

/* 1 and *ret; 0: memctl.ko is not loaded, or the tree is no running machine's; -errno and *message. */
int warm_read(const struct tree *tree, struct warm_reserve *ret, char **message);

/*
 * Has so many bytes kept on that node (or WARM_ANY_NODE) from now on. Answers as warm_read(); -EINVAL when
 * they are no whole pages. May block while pages are given back.
 */
int warm_set(const struct tree *tree, uint64_t bytes, int node, struct warm_reserve *ret, char **message);

/* The answer to MEMCTL_C_WARM and MEMCTL_C_WARM_SET. 0, or -EBADMSG with *message set. */
int warm_parse(struct nlmsghdr *header, uint32_t page_size, struct warm_reserve *ret, char **message);

#endif
