/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/survey_look.h"

#include "daemon/core/helper.h"
#include "daemon/machine/block.h"
#include "daemon/module/lease.h"
#include "daemon/pages/survey_fill.h"

#include <errno.h>
#include <time.h>

/* A source that goes away meanwhile is done without: the survey is begun again, this often. */
#define RESTARTS_MAX 2

/* How often a block with pages that may be so for a moment only is looked at, and the pause between two
 * looks. */
#define LOOKS_MAX 6
#define LOOK_USEC 50000

struct look {
        const struct survey_request *request;
        struct survey survey;      /* blocks that are done with */
        struct survey before, now; /* those to look at again: as seen in the last round, and in this one */
        size_t n_blocks; /* passed in the first round */
        unsigned int round;
        uint64_t n_looks;
        struct lease *lease; /* from the second round on: no page waits in a CPU's LRU cache */
};

static void forget(struct look *look)
{
        survey_clear(&look->survey);
        survey_clear(&look->before);
        survey_clear(&look->now);
        look->lease = lease_free(look->lease);
        look->round = 0;
}

/* Looks at one block alone, by the source of the blocks before it. */
static int look_at(struct look *look, uint32_t number, struct survey *ret, char **message)
{
        int r;

        helper_gets_on(++look->n_looks);
        *ret = (struct survey){ .source = look->survey.source };
        r = survey_add_block(ret, look->request->tree, look->request->block_size, number, message);
        if (r < 0)
                return r;
        look->survey.source = ret->source;
        look->survey.unknown = ret->unknown;
        if (!look->survey.note)
                look->survey.note = TAKE_PTR(ret->note);
        return 0;
}

/* Without memctl.ko nothing is known to be pinned, and what is nobody's may be anybody's. */
static bool may_pass(const struct look *look, const struct survey_block *block)
{
        if (look->survey.source != SURVEY_MODULE)
                return false;
        for (size_t i = 0; i < block->n_counts; i++)
                if (survey_class_passes(block->counts[i].class))
                        return true;
        return false;
}

static int first_look(struct look *look, uint32_t number, char **message)
{
        _cleanup_(survey_clear) struct survey seen = { 0 };
        struct survey_block block = { .survey = &seen };
        int r;

        if (!look->request->settle) {
                helper_gets_on(++look->n_looks);
                return survey_add_block(&look->survey, look->request->tree, look->request->block_size,
                                        number, message);
        }
        r = look_at(look, number, &seen, message);
        if (r < 0 || !survey_next_block(&block))
                return r;
        return survey_copy_block(may_pass(look, &block) ? &look->now : &look->survey, &block);
}

static int next_look(struct look *look, const struct survey_block *before, char **message)
{
        _cleanup_(survey_clear) struct survey seen = { 0 }, settled = { 0 };
        struct survey_block block = { .survey = &seen };
        bool again;
        int r;

        r = look_at(look, before->block, &seen, message);
        if (r < 0 || !survey_next_block(&block)) /* it went offline meanwhile */
                return r;
        r = survey_settle_block(&settled, before, &block);
        if (r < 0)
                return r;
        block = (struct survey_block){ .survey = &settled };
        if (!survey_next_block(&block))
                return 0;
        again = look->round < LOOKS_MAX - 1 && may_pass(look, &block);
        return survey_copy_block(again ? &look->now : &look->survey, &block);
}

static bool is_full(const struct look *look)
{
        return look->request->limit > 0 && look->survey.n_counts >= look->request->limit;
}

/* A kernel without memory blocks has all that it is asked for. */
static bool is_there(const struct look *look, uint32_t number)
{
        int state;

        if (look->request->tree->memory_fd < 0)
                return true;
        state = block_read_state(look->request->tree, number);
        return state >= 0 && state != BLOCK_OFFLINE;
}

static int first_round(struct look *look, char **message)
{
        const struct block_set *blocks = &look->request->blocks;
        int r = 0;

        for (look->n_blocks = 0; r >= 0 && look->n_blocks < blocks->n_numbers && !is_full(look);
             look->n_blocks++) {
                uint32_t number = blocks->numbers[look->n_blocks];

                if (is_there(look, number))
                        r = first_look(look, number, message);
        }
        return r;
}

/*
 * A page in a CPU's LRU cache is one that looks pinned and is not. Where there is no lease to be had,
 * looking again has to do.
 */
static void hold_caches(struct look *look)
{
        _cleanup_free_ char *message = NULL;

        if (!look->lease && !look->request->only_look)
                (void) lease_take(look->request->tree, 0, &look->lease, &message);
}

static int next_round(struct look *look, char **message)
{
        const struct timespec pause = { .tv_nsec = LOOK_USEC * 1000 };
        struct survey_block block = { .survey = &look->before };
        int r = 0;

        survey_clear(&look->before);
        look->before = look->now;
        look->now = (struct survey){ 0 };
        look->round++;
        hold_caches(look);
        (void) nanosleep(&pause, NULL);
        while (r >= 0 && survey_next_block(&block))
                r = next_look(look, &block, message);
        return r;
}

static int all_rounds(struct look *look, char **message)
{
        int r;

        r = first_round(look, message);
        while (r >= 0 && look->now.n_counts > 0)
                r = next_round(look, message);
        if (r >= 0 && look->round > 0)
                survey_sort(&look->survey);
        return r;
}

int survey_look(const struct survey_request *request, struct survey *ret, size_t *n_blocks, char **message)
{
        struct look look = { .request = request };
        int r;

        for (unsigned int restarts = 0;; restarts++) {
                free(*message);
                *message = NULL;
                r = all_rounds(&look, message);
                if (r >= 0 || r == -ENOMEM || look.survey.source == SURVEY_NONE || restarts == RESTARTS_MAX)
                        break;
                forget(&look);
        }
        if (r >= 0) {
                *ret = look.survey;
                *n_blocks = look.n_blocks;
                look.survey = (struct survey){ 0 };
        }
        forget(&look);
        return r;
}
