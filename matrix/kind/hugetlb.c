/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge pages of hugetlbfs, of which one more is allowed for: none that somebody has reserved is used.
 */
#include "matrix/cell/kind.h"

#include "matrix/machine/attribute.h"
#include "matrix/machine/place.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/mman.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define ALL_NODES "/sys/kernel/mm/hugepages/hugepages-%ukB/nr_overcommit_hugepages"
#define ONE_NODE  "/sys/devices/system/node/node%d/hugepages/hugepages-%ukB/nr_hugepages"

static int prepare_2m(struct sample *sample)
{
        char path[128];
        int r;

        (void) snprintf(path, sizeof(path), ALL_NODES, 4U << sample->kind->order);
        if (!attribute_exists(path))
                return sample_refuse(sample, -EOPNOTSUPP, "the kernel has no huge pages of that size");
        r = setting_raise(path, 4);
        return r < 0 ? sample_refuse(sample, r, "%s: %s", path, strerror(-r)) : 0;
}

/* Of these none can be had beyond those that there are, so one is added. */
static int prepare_1g(struct sample *sample)
{
        char path[128];
        uint64_t before;
        int r;

        (void) snprintf(path, sizeof(path), ONE_NODE, place_home(), 4U << sample->kind->order);
        if (!attribute_exists(path))
                return sample_refuse(sample, -EOPNOTSUPP,
                                     "the kernel or CPU has no huge pages of that size");
        if (place_free(place_home()) < UINT64_C(3) << 30)
                return sample_refuse(sample, -ENOMEM, "needs 3 GiB of free memory on a node");
        before = attribute_number(path, 10);
        r = setting_raise(path, 1);
        if (r >= 0 && attribute_number(path, 10) <= before)
                r = -ENOMEM;
        return r < 0 ? sample_refuse(sample, r, "no free, contiguous GiB") : 0;
}

static int make(struct sample *sample)
{
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
                    (int) ((sample->kind->order + 12) << MAP_HUGE_SHIFT);
        int r;

        sample->size = sample->page_size << sample->kind->order;
        sample->n = sample->distinct = (size_t) 1 << sample->kind->order;
        r = sample_map(sample, -1, PROT_READ | PROT_WRITE, flags);
        if (r < 0)
                return sample_refuse(sample, r, "no huge page: %s", strerror(-r));
        sample_fill(sample);
        return 0;
}

const struct kind kind_hugetlb_2m = {
        .name = "hugetlb-2m",
        .what = "a huge page of hugetlbfs, 2 MiB",
        .order = 9,
        .prepare = prepare_2m,
        .make = make,
};

const struct kind kind_hugetlb_1g = {
        .name = "hugetlb-1g",
        .what = "a huge page of hugetlbfs, 1 GiB",
        .traits = KIND_GIGANTIC,
        .order = 18,
        .prepare = prepare_1g,
        .make = make,
};
