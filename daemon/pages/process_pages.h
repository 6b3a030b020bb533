/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pages that a process maps, by /proc/PID/maps and /proc/PID/pagemap, a little at a time.
 */
#ifndef MEMCTL_PAGES_PROCESS_PAGES_H
#define MEMCTL_PAGES_PROCESS_PAGES_H

#include "basic/cleanup.h"
#include "daemon/machine/tree.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct process_pages {
        const struct tree *tree; /* with a page size; outlives it */
        bool blind;              /* of some process not all could be seen */

        uint32_t pid; /* the last one that was opened */
        FILE *maps;   /* NULL: none is open, or it was read to its end */
        int pagemap;
        uint64_t page, end; /* the mapping's pages still to read */
        uint64_t *entries;
};

/* 0 or -ENOMEM. */
int process_pages_init(struct process_pages *pages, const struct tree *tree);
/* Zeroes it. Without effect on one that is all zeros. */
void process_pages_clear(struct process_pages *pages);

/* Begins with that process. One that cannot be looked into is not open, and leaves it blind, unless the
 * process has ended. */
void process_pages_open(struct process_pages *pages, uint32_t pid);
void process_pages_close(struct process_pages *pages);

/* A page that is mapped and in memory. What that costs beyond reading the entry, in entries. */
typedef unsigned int (*process_pages_found_t)(void *userdata, uint64_t pfn);

/*
 * Reads entries of the open process's pagemap until that has cost as much as reading so many would, or it is
 * through, and closes it then. May have to wait for the process's address space (mmap_lock), as long as it
 * takes.
 */
void process_pages_read(struct process_pages *pages, unsigned int most, process_pages_found_t found,
                        void *userdata);

#endif
