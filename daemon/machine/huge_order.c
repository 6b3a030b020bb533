/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/huge_order.h"

#include "basic/cleanup.h"
#include "daemon/machine/text.h"

unsigned int huge_order_read(const struct tree *tree)
{
        _cleanup_free_ char *meminfo = text_read(tree->root_fd, "proc/meminfo");
        uint64_t bytes;

        if (!meminfo || !text_kib(meminfo, "Hugepagesize:", &bytes) || bytes <= tree->page_size ||
            tree->page_size == 0)
                return 9;
        return (unsigned int) (__builtin_ctzll(bytes) - __builtin_ctzll(tree->page_size));
}
