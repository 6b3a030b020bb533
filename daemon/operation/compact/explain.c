/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in the way: whose pages do not move, those with most of them first. Of a large machine a
 * sample is looked at.
 */
#include "daemon/operation/compact/compact.h"
#include "daemon/plan/unmovable.h"

#include <errno.h>
#include <stdlib.h>

/* Owners that are named. */
#define OWNERS_MAX 8

/* Bytes that are looked at: a second's work or so. */
#define SAMPLE_BYTES (UINT64_C(64) << 30)

static int compare(const void *a, const void *b)
{
        const struct owned_pages *x = a, *y = b;

        return x->pages > y->pages ? -1 : x->pages < y->pages;
}

/* Pages that were never the page allocator's, and those that are locked in memory but move, are in nobody's
 * way. */
static bool is_in_the_way(const struct owned_pages *pages)
{
        return pages->class != MEMCTL_CLASS_RESERVED && pages->class != MEMCTL_CLASS_MEMMAP &&
               pages->class != MEMCTL_CLASS_LRU_MLOCKED && pages->class != MEMCTL_CLASS_CMA;
}

static void say(struct compacting *compacting, const struct survey *survey)
{
        struct owned_pages *owners = NULL;
        size_t n = 0, said = 0;

        if (unmovable_owners(survey, &owners, &n) < 0)
                return;
        if (n > 0)
                qsort(owners, n, sizeof(*owners), compare);
        for (size_t i = 0; i < n && said < OWNERS_MAX; i++) {
                const struct reason reason = {
                        .code = REASON_UNMOVABLE,
                        .block = REASON_NO_BLOCK,
                        .pages = owners[i].pages,
                        .text = (char *) pages_owner_name(survey, owners[i].owner, owners[i].class),
                };

                if (!is_in_the_way(&owners[i]))
                        continue;
                job_reason(compacting->job, &reason);
                said++;
        }
        free(owners);
}

static void on_survey(void *userdata, int error, const char *message, struct survey *survey)
{
        struct compacting *compacting = userdata;

        if (error < 0)
                job_note(compacting->job, "whose pages stand in the way is not known: %s",
                         message ? message : "they could not be looked at");
        else
                say(compacting, survey);
        survey_clear(survey);
        compact_post(compacting, COMPACT_EVENT_EXPLAINED);
}

/* Of the node's blocks that are online, or of every so many of them. 0 or -ENOMEM. */
static int pick(struct compacting *compacting, struct block_set *ret)
{
        const struct snapshot *snapshot = monitor_snapshot(compacting->machine->monitor);
        size_t n = 0, most = snapshot->block_size ? SAMPLE_BYTES / snapshot->block_size : 0, step;

        ret->numbers = calloc(snapshot->n_blocks ? snapshot->n_blocks : 1, sizeof(*ret->numbers));
        if (!ret->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (snapshot->blocks[i].state == BLOCK_ONLINE &&
                    (compacting->options.node < 0 ||
                     snapshot_block_is_on(snapshot, &snapshot->blocks[i], compacting->options.node)))
                        ret->numbers[n++] = snapshot->blocks[i].number;
        step = most > 0 && n > most ? (n + most - 1) / most : 1;
        for (size_t i = 0; i < n; i += step)
                ret->numbers[ret->n_numbers++] = ret->numbers[i];
        if (step > 1)
                job_note(compacting->job,
                         "of what stands in the way, one in %zu memory blocks was looked at", step);
        return 0;
}

int compact_explain(void *userdata)
{
        struct compacting *compacting = userdata;
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };

        if (pick(compacting, &blocks) < 0 || blocks.n_numbers == 0 ||
            survey_task_new(compacting->machine, &blocks, false, on_survey, compacting,
                            &compacting->survey) < 0)
                return COMPACT_EVENT_EXPLAINED;
        return COURSE_LATER;
}

void compact_end_explain(void *userdata)
{
        struct compacting *compacting = userdata;

        compacting->survey = survey_task_free(compacting->survey);
}
