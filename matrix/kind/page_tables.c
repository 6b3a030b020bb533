/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process's own page tables: a page touched in each piece of memory that a table maps has many made.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TABLES 64

static int find(const struct sample *sample, uint64_t **ret, size_t *ret_n)
{
        (void) sample;
        return pages_with(UINT64_C(1) << KPF_PGTABLE, 0, ret, ret_n);
}

static int make(struct sample *sample)
{
        _cleanup_free_ uint64_t *before = NULL, *after = NULL;
        size_t n_before, n_after, span = sample->size;
        unsigned char *room;
        int r;

        (void) usleep(50000); /* those of programs that just ended are gone then */
        r = find(sample, &before, &n_before);
        if (r < 0)
                return sample_refuse(sample, r, "/proc/kpageflags: %s", strerror(-r));
        room = mmap(NULL, (TABLES + 1) * span, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (room == MAP_FAILED)
                return -errno;
        (void) madvise(room, (TABLES + 1) * span, MADV_NOHUGEPAGE);
        for (size_t i = 0; i < TABLES; i++)
                *(volatile unsigned char *) (room + (i + 1) * span - (uintptr_t) room % span) = 1;
        (void) usleep(20000);
        r = find(sample, &after, &n_after);
        if (r < 0)
                return r;
        r = sample_take_new(sample, before, n_before, after, n_after);
        return r >= 0 && sample->n_pfns < TABLES / 2
                       ? sample_refuse(sample, -ENODEV, "/proc/kpageflags does not tell page tables apart")
                       : r;
}

const struct kind kind_page_tables = {
        .name = "page-tables",
        .what = "page tables of a process",
        .traits = KIND_KERNEL | KIND_LOW,
        .make = make,
        .find = find,
};
