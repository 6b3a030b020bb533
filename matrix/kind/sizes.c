/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/kind/sizes.h"

#include "basic/cleanup.h"
#include "matrix/cell/kind.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define THP "/sys/kernel/mm/transparent_hugepage"
#define PMD 9

int sizes_only(struct sample *sample, const char *what, unsigned int order)
{
        bool shmem = strcmp(what, "shmem_enabled") == 0;
        char path[128];
        int r = 0;

        (void) snprintf(path, sizeof(path), THP "/%s", what);
        if (!attribute_exists(path))
                return sample_refuse(sample, -EOPNOTSUPP, "the kernel has no %s", path);
        /* the size of a PMD is this one's where there are no others */
        r = setting_write(path, shmem ? "advise" : "madvise");
        for (unsigned int other = 1; r >= 0 && other <= PMD; other++) {
                (void) snprintf(path, sizeof(path), THP "/hugepages-%ukB/%s", 4U << other, what);
                if (attribute_exists(path))
                        r = setting_write(path, other != order ? "never" : shmem ? "advise" : "madvise");
        }
        return r < 0 ? sample_refuse(sample, r, "%s: %s", path, strerror(-r)) : 0;
}

int sizes_check(struct sample *sample)
{
        _cleanup_free_ struct page *pages = calloc(sample->n, sizeof(*pages));
        size_t good = 0;
        int r;

        if (!pages)
                return -ENOMEM;
        r = pages_look(sample->memory, sample->n, pages);
        if (r < 0)
                return sample_refuse(sample, r, "/proc/kpageflags: %s", strerror(-r));
        for (size_t i = 0; i < sample->n; i++)
                good += pages[i].pfn > 0 && pages[i].order == sample->kind->order;
        if (good < sample->n)
                return sample_refuse(sample, -ENOMEM,
                                     "the kernel gave %zu of %zu pages in folios of the size", good,
                                     sample->n);
        return 0;
}
