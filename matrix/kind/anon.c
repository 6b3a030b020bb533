/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Anonymous memory: small pages, locked ones, and folios of each size.
 */
#include "matrix/cell/kind.h"
#include "matrix/kind/sizes.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static int make_small(struct sample *sample)
{
        int r;

        r = sample_map(sample, -1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        if (r < 0)
                return sample_refuse(sample, r, "no memory: %s", strerror(-r));
        /* EINVAL: this kernel has no huge pages, so they are small anyway */
        (void) madvise(sample->memory, sample->size, MADV_NOHUGEPAGE);
        sample_fill(sample);
        return 0;
}

static int make_mlocked(struct sample *sample)
{
        int r = make_small(sample);

        if (r >= 0 && mlock(sample->memory, sample->size) < 0)
                return sample_refuse(sample, -errno, "mlock: %s", strerror(errno));
        return r;
}

static int prepare_folios(struct sample *sample)
{
        return sizes_only(sample, "enabled", sample->kind->order);
}

/* As many pages as are in folios of the size have to be: others of the kind are of no use. */
static int make_folios(struct sample *sample)
{
        int r;

        r = sample_map(sample, -1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        if (r < 0)
                return sample_refuse(sample, r, "no memory: %s", strerror(-r));
        (void) madvise(sample->memory, sample->size, MADV_HUGEPAGE);
        sample_fill(sample);
        return sizes_check(sample);
}

const struct kind kind_anon = {
        .name = "anon-4k",
        .what = "anonymous memory, small pages",
        .make = make_small,
};

const struct kind kind_mlocked = {
        .name = "mlocked",
        .what = "anonymous memory, small pages, locked",
        .make = make_mlocked,
};

const struct kind kind_thp = {
        .name = "thp-2m",
        .what = "anonymous memory, a huge page mapped by a PMD",
        .order = 9,
        .prepare = prepare_folios,
        .make = make_folios,
};

const struct kind kind_mthp = {
        .what = "anonymous memory, folios of that size",
        .prepare = prepare_folios,
        .make = make_folios,
};
