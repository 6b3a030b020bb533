/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/try.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/clock.h"
#include "matrix/machine/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CONTROL 128 /* plain pages on either side of the sample */

/* Plain pages, made before and after the sample, so that they lie where it does. */
struct control {
        unsigned char *memory[2];
        struct page before[2][CONTROL], after[2][CONTROL];
};

static void control_make(struct control *control, int side, size_t page_size)
{
        void *memory =
                mmap(NULL, CONTROL * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED)
                return;
        control->memory[side] = memory;
        (void) madvise(memory, CONTROL * page_size, MADV_NOHUGEPAGE);
        memset(memory, side + 1, CONTROL * page_size);
}

static void control_look(struct control *control, bool before)
{
        for (int side = 0; side < 2; side++)
                if (control->memory[side])
                        (void) pages_look(control->memory[side], CONTROL,
                                          before ? control->before[side] : control->after[side]);
}

static void control_count(const struct control *control, struct evidence *evidence)
{
        for (int side = 0; side < 2; side++)
                for (size_t i = 0; i < CONTROL; i++) {
                        evidence->control += control->before[side][i].pfn > 0;
                        evidence->control_moved +=
                                control->before[side][i].pfn > 0 &&
                                control->after[side][i].pfn != control->before[side][i].pfn;
                }
}

static int look_before(struct trial *trial)
{
        struct sample *sample = trial->sample;

        trial->before = calloc(sample->n + 1, sizeof(*trial->before));
        trial->after = calloc(sample->n + 1, sizeof(*trial->after));
        trial->aimed = calloc(sample->n + 1, sizeof(*trial->aimed));
        trial->lost = calloc(sample->n + 1, sizeof(*trial->lost));
        if (!trial->before || !trial->after || !trial->aimed || !trial->lost)
                return -ENOMEM;
        if (sample->memory)
                return pages_look(sample->memory, sample->n, trial->before);
        for (size_t i = 0; i < sample->n; i++) {
                trial->before[i].pfn = sample->pfns[i];
                trial->before[i].flags = page_flags(sample->pfns[i]);
        }
        return 0;
}

static void aim_at_all(struct trial *trial)
{
        for (size_t i = 0; i < trial->sample->n; i++)
                if (trial->aimed[i])
                        return;
        for (size_t i = 0; i < trial->sample->n; i++)
                trial->aimed[i] = trial->before[i].pfn > 0;
}

static void look_after_mapped(struct trial *trial, bool counted)
{
        struct evidence *evidence = &trial->evidence;
        const struct sample *sample = trial->sample;
        _cleanup_free_ bool *mapped = calloc(sample->n + 1, sizeof(*mapped));
        size_t kept = 0, again = 0;

        if (!mapped || pages_look(sample->memory, sample->n, trial->after) < 0)
                return;
        for (size_t i = 0; i < sample->n; i++)
                mapped[i] = trial->after[i].pfn > 0;
        sample_check(sample, trial->lost, &evidence->changed, &evidence->unreadable);
        if (pages_look(sample->memory, sample->n, trial->after) < 0)
                return;
        for (size_t i = 0; i < sample->n; i++) {
                if (!trial->aimed[i])
                        continue;
                evidence->pages++;
                if (counted || trial->after[i].pfn == 0 || trial->after[i].pfn == trial->before[i].pfn)
                        continue;
                evidence->moved++;
                again += !mapped[i];
        }
        evidence->folios =
                (uint32_t) pages_folios(trial->before, trial->after, trial->aimed, sample->n, &kept);
        evidence->kept = (uint32_t) kept;
        if (again > 0 && !*evidence->note)
                trial_note(trial, "%zu pages were not mapped any more, and were read again", again);
}

static void look_after_unmapped(struct trial *trial)
{
        struct evidence *evidence = &trial->evidence;
        const struct sample *sample = trial->sample;
        _cleanup_free_ uint64_t *aimed = calloc(sample->n + 1, sizeof(*aimed)), *now = NULL;
        size_t n_now = 0;

        if (!aimed || !sample->kind->find || sample->kind->find(sample, &now, &n_now) < 0)
                return;
        for (size_t i = 0; i < sample->n; i++)
                if (trial->aimed[i])
                        aimed[evidence->pages++] = sample->pfns[i];
        evidence->moved = (uint32_t) pages_missing(aimed, evidence->pages, now, n_now);
        if (sample->kind->intact && !sample->kind->intact(sample))
                evidence->changed = evidence->pages;
}

/* 0; or an error with the ending in evidence. */
static int make(struct sample *sample, struct evidence *evidence)
{
        int r = sample->kind->make(sample);

        if (r >= 0)
                return 0;
        evidence->ending = r == -EOPNOTSUPP ? ENDING_NOT_SUPPORTED : ENDING_NOT_TRIED;
        (void) snprintf(evidence->note, sizeof(evidence->note), "%s",
                        *sample->note ? sample->note : strerror(-r));
        return r;
}

static void run(struct trial *trial, const struct operation *operation, struct control *control)
{
        double began;

        if (look_before(trial) < 0) {
                trial_not_tried(trial, "/proc/kpageflags cannot be read");
                return;
        }
        control_look(control, true);
        began = seconds_now();
        operation->run(trial);
        trial->evidence.seconds = seconds_now() - began;
        control_look(control, false);
        if (trial->evidence.ending != ENDING_DONE)
                return;
        aim_at_all(trial);
        if (trial->sample->memory)
                look_after_mapped(trial, operation->traits & OPERATION_COUNTS);
        else
                look_after_unmapped(trial);
        control_count(control, &trial->evidence);
}

struct evidence try_cell(const struct kind *kind, const struct operation *operation)
{
        size_t page_size = (size_t) sysconf(_SC_PAGESIZE);
        struct sample sample = { .kind = kind,
                                 .size = SAMPLE_SIZE,
                                 .page_size = page_size,
                                 .n = SAMPLE_SIZE / page_size,
                                 .distinct = SAMPLE_SIZE / page_size };
        struct trial trial = { .sample = &sample, .evidence = { .ending = ENDING_DONE } };
        bool beside = operation->traits & OPERATION_CONTROL;
        static struct control control;

        trial.evidence.partly = operation->traits & OPERATION_PARTLY;
        /* should memory run out, it is for the probe to end */
        (void) attribute_write("/proc/self/oom_score_adj", "1000");
        place_stay_at_home();
        if (beside)
                control_make(&control, 0, page_size);
        if (make(&sample, &trial.evidence) < 0)
                return trial.evidence;
        if (!sample.memory && operation->traits & OPERATION_ADDRESS) {
                trial_not_tried(&trial, "no process maps such pages");
                return trial.evidence;
        }
        if (beside)
                control_make(&control, 1, page_size);
        run(&trial, operation, &control);
        return trial.evidence;
}
