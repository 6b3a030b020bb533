/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared memory, as of tmpfs: small pages, and a huge one.
 */
#include "matrix/cell/kind.h"
#include "matrix/kind/sizes.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static int map(struct sample *sample)
{
        _cleanup_close_ int fd = memfd_create("memctl-matrix", MFD_CLOEXEC);
        int r = fd < 0 || ftruncate(fd, (off_t) sample->size) < 0 ? -errno : 0;

        if (r >= 0)
                r = sample_map(sample, fd, PROT_READ | PROT_WRITE, MAP_SHARED);
        return r < 0 ? sample_refuse(sample, r, "a file in memory: %s", strerror(-r)) : 0;
}

static int make_small(struct sample *sample)
{
        int r = map(sample);

        if (r < 0)
                return r;
        (void) madvise(sample->memory, sample->size, MADV_NOHUGEPAGE);
        sample_fill(sample);
        return 0;
}

static int prepare_huge(struct sample *sample)
{
        return sizes_only(sample, "shmem_enabled", sample->kind->order);
}

static int make_huge(struct sample *sample)
{
        int r = map(sample);

        if (r < 0)
                return r;
        (void) madvise(sample->memory, sample->size, MADV_HUGEPAGE);
        sample_fill(sample);
        return sizes_check(sample);
}

const struct kind kind_tmpfs = {
        .name = "tmpfs",
        .what = "tmpfs and shared memory, small pages",
        .make = make_small,
};

const struct kind kind_shmem_thp = {
        .name = "shmem-thp",
        .what = "shared memory, a huge page",
        .order = 9,
        .prepare = prepare_huge,
        .make = make_huge,
};
