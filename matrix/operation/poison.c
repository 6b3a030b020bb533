/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Soft offline, of a page that is still good, and hard poison, of one that is to be lost. Both are put back
 * by the debug file that takes the mark off again; without it nothing is tried.
 */
#include "matrix/cell/operation.h"

#include "matrix/machine/attribute.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

#define SOFT_OFFLINE "/sys/devices/system/memory/soft_offline_page"
#define UNPOISON     "/sys/kernel/debug/hwpoison/unpoison-pfn"
#define SOFT_PAGES   4

static int prepare(char *note)
{
        if (!attribute_exists(SOFT_OFFLINE)) {
                (void) snprintf(note, NOTE_MAX, "the kernel does not handle failing memory");
                return -EOPNOTSUPP;
        }
        if (!attribute_exists(UNPOISON))
                (void) setting_load("hwpoison_inject");
        if (attribute_exists(UNPOISON))
                return 0;
        (void) snprintf(note, NOTE_MAX, "would be irreversible: there is no hwpoison_inject, or no debugfs");
        return -ENODEV;
}

static bool is_poisoned(uint64_t pfn)
{
        return (page_flags(pfn) >> KPF_HWPOISON & 1) != 0;
}

static int soft_offline_one(const struct trial *trial, size_t i)
{
        const struct sample *sample = trial->sample;
        char address[32];

        if (!sample->kind->find)
                return madvise(sample->memory + i * sample->page_size, sample->page_size,
                               MADV_SOFT_OFFLINE) < 0
                               ? -errno
                               : 0;
        (void) snprintf(address, sizeof(address), "0x%" PRIx64, trial->before[i].pfn * sample->page_size);
        return attribute_write(SOFT_OFFLINE, address);
}

/* One that KSM has merged may have moved with the one before. */
static uint64_t pfn_now(const struct trial *trial, size_t i)
{
        const struct sample *sample = trial->sample;
        struct page now = trial->before[i];

        if (!sample->kind->find)
                (void) pages_look(sample->memory + i * sample->page_size, 1, &now);
        return now.pfn;
}

/* Some pages, far from one another; of a huge page of hugetlbfs one, for it moves as a whole. */
static void run_soft(struct trial *trial)
{
        const struct sample *sample = trial->sample;
        size_t n = trial->n < SOFT_PAGES || PAGE_HAS(&trial->before[0], KPF_HUGE) ? 1 : SOFT_PAGES;
        uint32_t marked = 0;

        if (sample->kind->traits & KIND_PIECES) {
                trial_not_tried(trial, "which pages they are is not known");
                return;
        }
        if (sample->kind->traits & KIND_GIGANTIC) {
                trial_not_tried(trial, "would be irreversible: the huge page would be taken apart");
                return;
        }
        for (size_t i = 0; i < n; i++) {
                size_t at = i * (trial->n / n);
                uint64_t pfn = pfn_now(trial, at);
                int r;

                if (pfn == 0)
                        continue;
                trial->aimed[at] = true;
                r = setting_at_end_unpoison(pfn);
                if (r >= 0)
                        r = soft_offline_one(trial, at);
                if (r < 0)
                        trial->evidence.error = -r;
                marked += is_poisoned(pfn);
        }
        if (marked < n)
                trial_note(trial, "%u of %zu pages taken out of use", marked, n);
}

static sigjmp_buf poisoned;

static void on_poison(int number)
{
        siglongjmp(poisoned, number);
}

static int poison_one(const struct sample *sample, size_t i)
{
        const struct sigaction action = { .sa_handler = on_poison };
        struct sigaction before;
        int r = 0;

        (void) sigaction(SIGBUS, &action, &before);
        if (sigsetjmp(poisoned, 1) == 0 &&
            madvise(sample->memory + i * sample->page_size, sample->page_size, MADV_HWPOISON) < 0)
                r = -errno;
        (void) sigaction(SIGBUS, &before, NULL);
        return r;
}

/* It is well when nobody can get at the page any more, and at all others. */
static void run_hard(struct trial *trial)
{
        const struct sample *sample = trial->sample;
        size_t victim = sample->n / 2;
        int r;

        if (sample->kind->traits & (KIND_KERNEL | KIND_GIGANTIC)) {
                trial_not_tried(trial, "would be irreversible: %s",
                                sample->kind->traits & KIND_KERNEL ? "the kernel or a driver uses the page"
                                                                   : "a huge page would be taken apart");
                return;
        }
        trial->aimed[victim] = true;
        for (size_t i = 0; i < sample->n; i++)
                trial->lost[i] = trial->before[i].pfn == trial->before[victim].pfn;
        r = setting_at_end_unpoison(trial->before[victim].pfn);
        if (r >= 0)
                r = poison_one(sample, victim);
        trial->evidence.error = -r;
        if (pages_look(sample->memory, sample->n, trial->after) < 0)
                return;
        trial->evidence.moved = is_poisoned(trial->before[victim].pfn) &&
                                trial->after[victim].pfn != trial->before[victim].pfn;
        if (trial->evidence.moved > 0 && sample_readable(sample, victim))
                trial_note(trial, "the page came back from its file");
}

const struct operation operation_soft_offline = {
        .name = "soft_offline",
        .traits = OPERATION_LAST,
        .what = "takes four good pages out of use and puts them back (MADV_SOFT_OFFLINE), once a kind",
        .seconds = 15,
        .prepare = prepare,
        .run = run_soft,
};

const struct operation operation_hard_poison = {
        .name = "hard_poison",
        .what = "poisons a page of its own and puts it back (MADV_HWPOISON), once a kind",
        .traits = OPERATION_ADDRESS | OPERATION_COUNTS | OPERATION_LAST,
        .seconds = 15,
        .prepare = prepare,
        .run = run_hard,
};
