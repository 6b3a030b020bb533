/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/known.h"

#include "basic/cleanup.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define VERSION(major, minor) ((major) << 16 | (minor) << 8)

/*
 * Of kernels from `since` on, and before `before`: those whose sources were read. A name that ends in "*" is
 * that of all that begin so. The first that matches is told.
 */
struct fact {
        unsigned int since, before;
        const char *kind, *operation, *text;
};

#define READ VERSION(6, 12), VERSION(7, 4)

static const char whole_block[] =
        "compaction leaves folios of a page block's size alone (skip_isolation_on_order in mm/compaction.c)";
static const char split_first[] =
        "the folio is split, so that one page is lost only (try_to_split_thp_page in mm/memory-failure.c)";
static const char on_lru[] = "DAMON takes only folios that are on an LRU list (damon_get_folio)";
static const char no_gup[] = "nobody else may have the page (vma_is_secretmem in mm/gup.c)";

static const struct fact facts[] = {
        { READ, "thp-2m", "compaction", whole_block },
        { READ, "shmem-thp", "compaction", whole_block },
        { READ, "hugetlb-*", "compaction",
          "compaction takes hugetlb's pages only for a contiguous allocation (alloc_contig in "
          "mm/compaction.c)" },
        { READ, "thp-2m", "soft_offline", split_first },
        { READ, "thp-2m", "hard_poison", split_first },
        { READ, "mthp-*", "soft_offline", split_first },
        { READ, "mthp-*", "hard_poison", split_first },
        { READ, "thp-2m", "swap",
          "swapping in makes no folio as large as a PMD maps (BIT(PMD_ORDER) - 1 in mm/memory.c)" },
        { READ, "ksm", "swap",
          "MADV_PAGEOUT leaves pages alone that are mapped more than once (mm/madvise.c)" },
        { READ, "mlocked", "swap",
          "MADV_PAGEOUT is refused for locked memory (can_madv_lru_vma in mm/madvise.c)" },
        { READ, "hugetlb-*", "damos", on_lru },
        { READ, "memctl-heap", "damos", on_lru },
        { READ, "dma-buf", "damos", on_lru },
        { READ, "zsmalloc", "damos", on_lru },
        { READ, "balloon", "damos", on_lru },
        { READ, "page-tables", "damos", on_lru },
        { READ, "secretmem", "soft_offline", no_gup },
        { READ, "secretmem", "hard_poison", no_gup },
        { READ, "secretmem", "m*",
          "its pages refuse to migrate (secretmem_migrate_folio in mm/secretmem.c)" },
        { READ, "mthp-*", "zswap",
          "once zswap was on, folios are swapped in page by page (zswap_never_enabled in mm/memory.c)" },
};

unsigned int known_version(const char *release)
{
        unsigned int major, minor;

        return sscanf(release, "%u.%u", &major, &minor) == 2 && major < 256 && minor < 256
                       ? VERSION(major, minor)
                       : 0;
}

static bool matches(const char *pattern, const char *name)
{
        size_t n = strlen(pattern);

        if (n > 0 && pattern[n - 1] == '*')
                return strncmp(pattern, name, n - 1) == 0;
        return strcmp(pattern, name) == 0;
}

const char *known_text(unsigned int version, const char *kind, const char *operation)
{
        for (size_t i = 0; i < ELEMENTSOF(facts); i++)
                if (version >= facts[i].since && version < facts[i].before && matches(facts[i].kind, kind) &&
                    matches(facts[i].operation, operation))
                        return facts[i].text;
        return NULL;
}
