/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What others count of the whole machine's memory: zram, the balloon, /proc/zoneinfo, /proc/pagetypeinfo.
 * What nobody counts is not in the list; it is not 0.
 */
#ifndef MEMCTL_PAGES_TOTALS_H
#define MEMCTL_PAGES_TOTALS_H

#include "daemon/machine/tree.h"
#include "uapi/memctl.h"

#include <stddef.h>
#include <stdint.h>

#define TOTAL_NOT_COUNTED UINT64_MAX

struct memory_total {
        char owner[32];
        enum memctl_class class;
        uint64_t pages;
        uint64_t pageblocks; /* of that migrate type, by pagetypeinfo; TOTAL_NOT_COUNTED for others */
        int node;            /* -1: of the whole machine */
        const char *source;  /* "mm_stat", "vmstat", "zoneinfo", "pagetypeinfo" */
};

struct memory_totals {
        struct memory_total *items;
        size_t n_items;
};

int memory_totals_read(struct tree *tree, struct memory_totals *ret); /* 0 or -ENOMEM */
void memory_totals_clear(struct memory_totals *totals);

/* Between the files that fill it: each adds what its source has. 0 or -ENOMEM. */
int memory_totals_add(struct memory_totals *totals, const struct memory_total *total);
int memory_totals_add_zoneinfo(struct tree *tree, struct memory_totals *totals);
int memory_totals_add_pagetypeinfo(struct tree *tree, struct memory_totals *totals);

#endif
