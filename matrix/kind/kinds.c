/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"

#include <stdio.h>

#define KINDS_MAX 64

static struct kind table[KINDS_MAX];
static size_t n;

static void add(const struct kind *kind)
{
        if (n + 1 < KINDS_MAX)
                table[n++] = *kind;
}

/* One for each size that the kernel offers below that of a PMD. */
static void add_mthp(void)
{
        for (unsigned int order = 1; order < 9; order++) {
                struct kind kind = kind_mthp;
                unsigned int kib = 4U << order;
                char path[128];

                (void) snprintf(path, sizeof(path),
                                "/sys/kernel/mm/transparent_hugepage/hugepages-%ukB/enabled", kib);
                (void) snprintf(kind.name, sizeof(kind.name), "mthp-%uk", kib);
                kind.order = order;
                if (attribute_exists(path))
                        add(&kind);
        }
}

const struct kind *kinds(void)
{
        if (n > 0)
                return table;
        add(&kind_anon);
        add_mthp();
        add(&kind_thp);
        add(&kind_mlocked);
        add(&kind_ksm);
        add(&kind_file_private);
        add(&kind_file_shared);
        add(&kind_file_private_large);
        add(&kind_file_shared_large);
        add(&kind_tmpfs);
        add(&kind_shmem_thp);
        add(&kind_hugetlb_2m);
        add(&kind_hugetlb_1g);
        add(&kind_pinned_short);
        add(&kind_pinned_long);
        add(&kind_io_uring);
        add(&kind_secretmem);
        add(&kind_fuse_dirty);
        add(&kind_zsmalloc);
        add(&kind_balloon);
        add(&kind_memctl_heap);
        add(&kind_dma_buf);
        add(&kind_page_tables);
        return table;
}
