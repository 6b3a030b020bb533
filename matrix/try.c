/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/try.h"

#include "basic/cleanup.h"
#include "matrix/control.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/clock.h"
#include "matrix/machine/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int look_before(struct trial *trial)
{
        struct sample *sample = trial->sample;
        size_t room;

        trial->n = sample->kind->find ? sample->n_pfns : sample->n;
        room = (trial->n > sample->n ? trial->n : sample->n) + 1;
        trial->before = calloc(room, sizeof(*trial->before));
        trial->after = calloc(room, sizeof(*trial->after));
        trial->aimed = calloc(room, sizeof(*trial->aimed));
        trial->lost = calloc(room, sizeof(*trial->lost));
        if (!trial->before || !trial->after || !trial->aimed || !trial->lost)
                return -ENOMEM;
        if (!sample->kind->find)
                return pages_look(sample->memory, sample->n, trial->before);
        for (size_t i = 0; i < trial->n; i++) {
                trial->before[i].pfn = sample->pfns[i];
                trial->before[i].flags = page_flags(sample->pfns[i]);
        }
        return 0;
}

static void aim_at_all(struct trial *trial)
{
        for (size_t i = 0; i < trial->n; i++)
                if (trial->aimed[i])
                        return;
        for (size_t i = 0; i < trial->n; i++)
                trial->aimed[i] = trial->before[i].pfn > 0;
}

/* Which pages of our address space are elsewhere; left: those that were not mapped, and not there any more.
 */
static void look_at_mapped(struct trial *trial, const bool *left, bool counted)
{
        struct evidence *evidence = &trial->evidence;
        size_t kept = 0, again = 0;

        if (pages_look(trial->sample->memory, trial->n, trial->after) < 0)
                return;
        for (size_t i = 0; i < trial->n; i++) {
                if (!trial->aimed[i])
                        continue;
                evidence->pages++;
                if (counted || trial->after[i].pfn == 0 ||
                    (trial->after[i].pfn == trial->before[i].pfn && !left[i]))
                        continue;
                evidence->moved++;
                again += left[i];
        }
        evidence->folios =
                (uint32_t) pages_folios(trial->before, trial->after, trial->aimed, trial->n, &kept);
        evidence->kept = (uint32_t) kept;
        if (again > 0 && !*evidence->note)
                trial_note(trial, "%zu pages were given up, and read again", again);
}

static void look_after_mapped(struct trial *trial, bool counted)
{
        const struct sample *sample = trial->sample;
        _cleanup_free_ bool *left = calloc(trial->n + 1, sizeof(*left));

        if (!left || pages_look(sample->memory, trial->n, trial->after) < 0)
                return;
        /* one that is read again may come to lie where it was */
        for (size_t i = 0; i < trial->n; i++)
                left[i] = trial->after[i].pfn == 0 && trial->before[i].pfn > 0 &&
                          !(page_flags(trial->before[i].pfn) >> KPF_LRU & 1);
        /* which has a look at each page, and so maps it again */
        sample_check(sample, trial->lost, &trial->evidence.changed, &trial->evidence.unreadable);
        look_at_mapped(trial, left, counted);
}

static void look_after_found(struct trial *trial, bool counted)
{
        struct evidence *evidence = &trial->evidence;
        const struct sample *sample = trial->sample;
        _cleanup_free_ uint64_t *aimed = calloc(trial->n + 1, sizeof(*aimed)), *now = NULL;
        size_t n_now = 0;

        if (!aimed || sample->kind->find(sample, &now, &n_now) < 0)
                return;
        for (size_t i = 0; i < trial->n; i++)
                if (trial->aimed[i])
                        aimed[evidence->pages++] = sample->pfns[i];
        if (!counted)
                evidence->moved = (uint32_t) pages_missing(aimed, evidence->pages, now, n_now);
        if (sample->memory)
                sample_check(sample, NULL, &evidence->changed, &evidence->unreadable);
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

/* Of an operation that may not come by. */
#define TRIES 3

/* control may be NULL: none is needed. */
static void run(struct trial *trial, const struct operation *operation, struct control *control)
{
        bool came_by = false;
        double began;

        if (look_before(trial) < 0) {
                trial_not_tried(trial, "/proc/kpageflags cannot be read");
                return;
        }
        for (int i = 0; i < (control ? TRIES : 1) && !came_by; i++) {
                if (control)
                        control_settle(control, trial);
                began = seconds_now();
                operation->run(trial);
                trial->evidence.seconds = seconds_now() - began;
                came_by = control && control_aim(control, trial);
        }
        if (trial->evidence.ending == ENDING_DONE && control && !came_by)
                trial_not_tried(trial, "it did not come by where they lie: plain pages there stayed, too");
        if (trial->evidence.ending != ENDING_DONE)
                return;
        aim_at_all(trial);
        if (trial->sample->kind->find)
                look_after_found(trial, operation->traits & OPERATION_COUNTS);
        else
                look_after_mapped(trial, operation->traits & OPERATION_COUNTS);
}

/*
 * Compaction is tried where all of a node's memory is in zones of the kernel, if a kind is never in zone
 * Movable: only there plain pages lie beside it.
 */
static int node_for(const struct kind *kind, const struct operation *operation)
{
        int other = place_other(place_home());

        return kind->traits & KIND_LOW && operation->traits & OPERATION_CONTROL && other >= 0 ? other
                                                                                              : place_home();
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
        struct control *control = NULL;

        trial.evidence.partly = operation->traits & OPERATION_PARTLY;
        /* should memory run out, it is for the probe to end */
        (void) attribute_write("/proc/self/oom_score_adj", "1000");
        place_stay(node_for(kind, operation));
        if (operation->traits & OPERATION_CONTROL)
                control = control_new(kind, page_size);
        if (make(&sample, &trial.evidence) < 0)
                return trial.evidence;
        if (!sample.memory && operation->traits & OPERATION_ADDRESS) {
                trial_not_tried(&trial, "no process maps such pages");
                return trial.evidence;
        }
        run(&trial, operation, control);
        return trial.evidence;
}
