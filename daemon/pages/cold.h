/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which clean page cache is in use by nobody. Two kinds of witnesses say so: the kernel's LRU lists, which
 * remember, and a watcher (DAMON, page idle tracking), who has looked for a while. Data only;
 * daemon/query/cold.h asks them.
 */
#ifndef MEMCTL_PAGES_COLD_H
#define MEMCTL_PAGES_COLD_H

#include "daemon/machine/tree.h"
#include "daemon/module/page_bits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A page block of the kernel's: what is decided about cache is decided for so many pages. */
#define COLD_PAGES_EACH 512U

enum cold_source {
        COLD_NONE,          /* nobody can tell: everything counts as hot */
        COLD_DAMON,         /* cold by the lists, and not touched while DAMON looked */
        COLD_PAGE_IDLE,     /* cold by the lists, and still idle after a while */
        COLD_LRU_GEN,       /* by the multi-generational LRU: read once at most */
        COLD_INACTIVE_LIST, /* not on the active list */
        _COLD_SOURCE_MAX,
};

/* "damon", "page_idle", "lru_gen", "inactive_list", "none" */
const char *cold_source_name(enum cold_source source);

/* The clean page cache of COLD_PAGES_EACH pfns. */
struct cold_block {
        uint64_t pfn;       /* on a border of COLD_PAGES_EACH */
        uint32_t cold, hot; /* pages that nobody maps */
        uint32_t mapped;    /* in use, then; but they are dropped when their page block is */
};

struct cold {
        enum cold_source source;
        enum cold_source
                watcher; /* who has not been asked, but can be: COLD_DAMON, COLD_PAGE_IDLE, or COLD_NONE */
        struct cold_block *blocks; /* ascending; only those that have such pages */
        size_t n_blocks;
        char *note; /* for people: who was not asked, and why; NULL: there is nothing to say */
};

void cold_clear(struct cold *cold);

/* Pages that nobody maps and that are cold, or all. */
uint64_t cold_pages(const struct cold *cold);

/* Memory that was not touched, as ranges of pfns, ascending. */
struct cold_range {
        uint64_t start, end; /* end is the first that is not in it */
};

struct cold_ranges {
        struct cold_range *ranges;
        size_t n_ranges;
};

/* What the witnesses say. Where one is missing, the others decide; without lists everything is hot. */
struct cold_evidence {
        enum cold_source lists; /* COLD_INACTIVE_LIST: kpageflags tells; COLD_LRU_GEN: hot does; COLD_NONE */
        const struct page_bits *hot;
        const struct cold_ranges *untouched; /* NULL: nobody has watched memory */
        const struct page_bits *idle;        /* the same; of a large folio, its head's bit counts */
};

/* head: the pfn of the page's folio; flags: the head's, as /proc/kpageflags has them. */
bool cold_is_cold(const struct cold_evidence *evidence, uint64_t pfn, uint64_t head, uint64_t flags);

/*
 * Counts the clean page cache of [start, end), on borders of COLD_PAGES_EACH, behind what was counted
 * before. About 30 ns a page. 0; -ENOMEM; or why /proc/kpageflags cannot be read.
 */
int cold_count(struct tree *tree, uint64_t start, uint64_t end, const struct cold_evidence *evidence,
               struct cold *cold);

#endif
