/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MADV_COLLAPSE: pages become one huge page.
 */
#include "matrix/cell/operation.h"

#include "matrix/machine/attribute.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define PMD 9

static int prepare(char *note)
{
        if (attribute_exists("/sys/kernel/mm/transparent_hugepage/enabled"))
                return 0;
        (void) snprintf(note, NOTE_MAX, "the kernel has no transparent huge pages");
        return -EOPNOTSUPP;
}

static void run(struct trial *trial)
{
        const struct sample *sample = trial->sample;
        size_t n = 0;

        for (size_t i = 0; i < sample->n; i++)
                n += trial->before[i].order >= PMD;
        if (n == sample->n) {
                trial_not_tried(trial, "it is a huge page already");
                return;
        }
        if (sample->size < SAMPLE_SIZE) {
                trial_not_tried(trial, "it has not as much memory as a huge page");
                return;
        }
        /* what small pages were made with is no wish of whoever asks for huge ones */
        (void) madvise(sample->memory, sample->size, MADV_HUGEPAGE);
        if (madvise(sample->memory, sample->size, MADV_COLLAPSE) < 0)
                trial->evidence.error = errno;
        if (pages_look(sample->memory, sample->n, trial->after) < 0)
                return;
        for (size_t i = 0; i < sample->n; i++)
                trial->evidence.moved += trial->after[i].order >= PMD;
}

const struct operation operation_collapse = {
        .name = "collapse",
        .what = "makes a huge page of the pages (MADV_COLLAPSE)",
        .traits = OPERATION_ADDRESS | OPERATION_COUNTS,
        .seconds = 15,
        .prepare = prepare,
        .run = run,
};
