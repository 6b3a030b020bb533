/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages that ksmd has merged: each stands twice in the sample.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KSM      "/sys/kernel/mm/ksm"
#define PATIENCE 200 /* times 20 ms */

static int prepare(struct sample *sample)
{
        int r;

        if (!attribute_exists(KSM "/run"))
                return sample_refuse(sample, -EOPNOTSUPP, "the kernel has no KSM");
        r = setting_write(KSM "/pages_to_scan", "4096");
        if (r >= 0)
                r = setting_write(KSM "/sleep_millisecs", "5");
        /* a page with the same content on each node would be none of these */
        if (r >= 0)
                r = setting_write(KSM "/run", "1");
        return r < 0 ? sample_refuse(sample, r, "%s: %s", KSM, strerror(-r)) : 0;
}

static size_t count_merged(const struct sample *sample, struct page *pages)
{
        size_t merged = 0;

        if (pages_look(sample->memory, sample->n, pages) < 0)
                return 0;
        for (size_t i = 0; i < sample->n; i++)
                merged += pages[i].pfn > 0 && PAGE_HAS(&pages[i], KPF_KSM);
        return merged;
}

static int make(struct sample *sample)
{
        _cleanup_free_ struct page *pages = calloc(sample->n, sizeof(*pages));
        size_t merged = 0;
        int r;

        if (!pages)
                return -ENOMEM;
        sample->distinct = sample->n / 2;
        r = sample_map(sample, -1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        if (r < 0)
                return sample_refuse(sample, r, "no memory: %s", strerror(-r));
        (void) madvise(sample->memory, sample->size, MADV_NOHUGEPAGE);
        if (madvise(sample->memory, sample->size, MADV_MERGEABLE) < 0)
                return sample_refuse(sample, -errno, "MADV_MERGEABLE: %s", strerror(errno));
        sample_fill(sample);
        for (int i = 0; i < PATIENCE && merged < sample->n; i++) {
                (void) usleep(20000);
                merged = count_merged(sample, pages);
        }
        /* it rests: what it looks at meanwhile would be in the way */
        (void) setting_write(KSM "/run", "0");
        return merged < sample->n ? sample_refuse(sample, -EAGAIN, "ksmd merged %zu of %zu pages in time",
                                                  merged, sample->n)
                                  : 0;
}

const struct kind kind_ksm = {
        .name = "ksm",
        .what = "anonymous memory merged by KSM, two mappings a page",
        .prepare = prepare,
        .make = make,
};
