/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Out and in again: by swap, and by zswap in front of it. Page cache goes back to its file.
 */
#include "matrix/cell/operation.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/setting.h"
#include "matrix/machine/zram.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define ZSWAP "/sys/module/zswap/parameters/enabled"
#define TRIES 3

static int prepare_swap(char *note)
{
        static int made = 1; /* once, for swap and for zswap */

        if (!attribute_exists("/proc/swaps")) {
                (void) snprintf(note, NOTE_MAX, "the kernel has no swap");
                return -EOPNOTSUPP;
        }
        if (made > 0)
                made = zram_add_swap(64);
        if (made < 0)
                (void) snprintf(note, NOTE_MAX, "needs swap, and none could be made in zram: %s",
                                strerror(-made));
        return made < 0 ? -ENODEV : 0;
}

static int prepare_zswap(char *note)
{
        char enabled[8];

        if (attribute_read(ZSWAP, enabled, sizeof(enabled)) < 0) {
                (void) snprintf(note, NOTE_MAX, "the kernel has no zswap");
                return -EOPNOTSUPP;
        }
        if (strcmp(enabled, "Y") == 0)
                return prepare_swap(note);
        (void) snprintf(
                note, NOTE_MAX,
                "would be irreversible: once on, zswap keeps large folios from being swapped in whole "
                "until the next boot; it is tried where it is on (zswap.enabled=1)");
        return -EPERM;
}

/* Written out, and kept all the same, for somebody else has a reference. */
static bool in_swap_cache(uint64_t pfn)
{
        return (page_flags(pfn) >> KPF_SWAPCACHE & 1) != 0;
}

/* Not mapped, and in no cache either, but for what is in swap. */
static void count_out(const struct trial *trial, bool *out)
{
        const struct sample *sample = trial->sample;
        _cleanup_free_ unsigned char *resident = calloc(sample->n, 1);

        if (!resident || mincore(sample->memory, sample->n * sample->page_size, resident) < 0)
                return;
        for (size_t i = 0; i < sample->n; i++)
                out[i] = trial->after[i].pfn == 0 && (trial->after[i].swapped || !(resident[i] & 1)) &&
                         !in_swap_cache(trial->before[i].pfn);
}

static void run_out_and_in(struct trial *trial)
{
        const struct sample *sample = trial->sample;
        _cleanup_free_ bool *out = calloc(sample->n, sizeof(*out));
        uint32_t changed = 0, unreadable = 0;

        if (!out) {
                trial_not_tried(trial, "%s", strerror(ENOMEM));
                return;
        }
        for (int i = 0; i < TRIES; i++)
                if (madvise(sample->memory, sample->n * sample->page_size, MADV_PAGEOUT) < 0) {
                        trial->evidence.error = errno;
                        break;
                }
        if (pages_look(sample->memory, sample->n, trial->after) < 0)
                return;
        count_out(trial, out);
        sample_check(sample, NULL, &changed, &unreadable);
        if (pages_look(sample->memory, sample->n, trial->after) < 0)
                return;
        for (size_t i = 0; i < sample->n; i++)
                trial->evidence.moved += out[i] && trial->after[i].pfn > 0;
}

static void run_swap(struct trial *trial)
{
        /* so that pages go to swap itself; the pool stays as it is */
        if (attribute_exists(ZSWAP))
                (void) setting_write(ZSWAP, "N");
        run_out_and_in(trial);
}

static void run_zswap(struct trial *trial)
{
        uint64_t out = vmstat("zswpout");

        run_out_and_in(trial);
        out = vmstat("zswpout") - out;
        if (trial->evidence.moved > 0 && out == 0) {
                trial_not_tried(trial, "they went out past zswap: page cache goes to its file");
                return;
        }
        if (trial->evidence.moved > 0 && out < trial->evidence.moved) {
                trial_note(trial, "%llu of %u pages went to zswap, the others past it",
                           (unsigned long long) out, trial->evidence.moved);
                trial->evidence.moved = (uint32_t) out;
        }
}

const struct operation operation_swap = {
        .name = "swap",
        .what = "adds 64 MiB of swap in zram, and has the pages go out and in (MADV_PAGEOUT)",
        .traits = OPERATION_ADDRESS | OPERATION_PARTLY | OPERATION_COUNTS,
        .seconds = 15,
        .prepare = prepare_swap,
        .run = run_swap,
};

const struct operation operation_zswap = {
        .name = "zswap",
        .what = "the same by way of zswap, if it is on",
        .traits = OPERATION_ADDRESS | OPERATION_PARTLY | OPERATION_COUNTS,
        .seconds = 15,
        .prepare = prepare_zswap,
        .run = run_zswap,
};
