/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/compact/in_the_way.h"

#include "daemon/plan/unmovable.h"
#include "daemon/query/survey.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Owners that are named. */
#define OWNERS_MAX 8

/* Bytes that are looked at: a second's work or so. */
#define SAMPLE_BYTES (UINT64_C(64) << 30)

struct in_the_way {
        struct machine *machine;
        int node;
        const struct in_the_way_owner *owner;
        void *userdata;
        struct survey_task *survey;
        size_t step; /* one in so many blocks is looked at */
};

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

static void say(const struct in_the_way *in_the_way, const struct survey *survey)
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
                in_the_way->owner->reason(in_the_way->userdata, &reason);
                said++;
        }
        free(owners);
}

static void on_survey(void *userdata, int error, const char *message, struct survey *survey)
{
        struct in_the_way *in_the_way = userdata;
        char text[200];

        if (error < 0) {
                (void) snprintf(text, sizeof(text), "whose pages stand in the way is not known: %s",
                                message ? message : "they could not be looked at");
                in_the_way->owner->note(in_the_way->userdata, text);
        } else
                say(in_the_way, survey);
        survey_clear(survey);
        in_the_way->owner->done(in_the_way->userdata);
}

/* Of the node's blocks that are online, or of every so many of them. 0 or -ENOMEM. */
static int pick(struct in_the_way *in_the_way, struct block_set *ret)
{
        const struct snapshot *snapshot = monitor_snapshot(in_the_way->machine->monitor);
        size_t n = 0, most = snapshot->block_size ? SAMPLE_BYTES / snapshot->block_size : 0;

        ret->numbers = calloc(snapshot->n_blocks ? snapshot->n_blocks : 1, sizeof(*ret->numbers));
        if (!ret->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (snapshot->blocks[i].state == BLOCK_ONLINE &&
                    (in_the_way->node < 0 ||
                     snapshot_block_is_on(snapshot, &snapshot->blocks[i], in_the_way->node)))
                        ret->numbers[n++] = snapshot->blocks[i].number;
        in_the_way->step = most > 0 && n > most ? (n + most - 1) / most : 1;
        for (size_t i = 0; i < n; i += in_the_way->step)
                ret->numbers[ret->n_numbers++] = ret->numbers[i];
        return 0;
}

static void say_sample(const struct in_the_way *in_the_way)
{
        char text[96];

        if (in_the_way->step <= 1)
                return;
        (void) snprintf(text, sizeof(text),
                        "of what stands in the way, one in %zu memory blocks was looked at",
                        in_the_way->step);
        in_the_way->owner->note(in_the_way->userdata, text);
}

int in_the_way_new(struct machine *machine, int node, const struct in_the_way_owner *owner, void *userdata,
                   struct in_the_way **ret)
{
        _cleanup_(in_the_way_freep) struct in_the_way *in_the_way = calloc(1, sizeof(*in_the_way));
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        int r;

        if (!in_the_way)
                return -ENOMEM;
        in_the_way->machine = machine;
        in_the_way->node = node;
        in_the_way->owner = owner;
        in_the_way->userdata = userdata;
        r = pick(in_the_way, &blocks);
        if (r >= 0 && blocks.n_numbers == 0)
                r = -ENODATA;
        if (r >= 0)
                r = survey_task_new(machine, &blocks, false, on_survey, in_the_way, &in_the_way->survey);
        if (r < 0)
                return r;
        say_sample(in_the_way);
        *ret = TAKE_PTR(in_the_way);
        return 0;
}

struct in_the_way *in_the_way_free(struct in_the_way *in_the_way)
{
        if (!in_the_way)
                return NULL;

        survey_task_free(in_the_way->survey);
        free(in_the_way);
        return NULL;
}
