/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which page cache the kernel's LRU lists have for hot, as memctl.ko reads it. /proc/kpageflags tells that
 * only of the active and inactive lists: how often a page was read since it came into its generation it does
 * not show.
 */
#ifndef MEMCTL_MODULE_LRU_HOT_H
#define MEMCTL_MODULE_LRU_HOT_H

#include "daemon/machine/tree.h"
#include "daemon/module/page_bits.h"

#include <netlink/msg.h>

/* Is the multi-generational LRU on? Then "active" in /proc/kpageflags says nothing. */
bool lru_gen_is_on(const struct tree *tree);

/*
 * The pages of [start, end) that are hot, both multiples of PAGE_BITS_EACH. A socket and a round for each
 * MEMCTL_HOT_MAX pages. 1; 0: memctl.ko is not loaded, or too old to say; -errno with *message set.
 */
int lru_hot_read(const struct tree *tree, uint64_t start, uint64_t end, struct page_bits *ret,
                 char **message);

/* One answer: so many words for exactly as many as are wanted. 0, or -EBADMSG with *message set. */
int lru_hot_parse(struct nlmsghdr *header, uint64_t *words, size_t n_words, char **message);

#endif
