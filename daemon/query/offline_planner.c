/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/offline_planner.h"

#include "daemon/pages/usage.h"
#include "daemon/plan/unmovable.h"
#include "daemon/query/blockers.h"
#include "daemon/query/cold.h"
#include "daemon/query/facts.h"
#include "daemon/query/survey.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct offline_planner {
        struct machine *machine;
        struct block_set blocks;
        char *dimm;
        struct offline_options options;
        struct block_usage *usage; /* for each of blocks */
        struct survey_task *task;
        struct survey_result result;
        bool brief;
        struct blockers *blockers;
        struct cold_task *looking;
        struct cold cold;
        bool cold_known;
        bool only_count;
        struct facts_task *reading;
        offline_planner_done_t done;
        void *userdata;
};

/* A block that went away while others were counted cannot be planned for. */
static int refuse_if_blocks_left(const struct snapshot *snapshot, const struct block_set *blocks,
                                 struct offline_plan *plan)
{
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                struct reason reason = { .code = REASON_BLOCK_CHANGED, .block = blocks->numbers[i] };
                int r;

                if (snapshot_find_block(snapshot, blocks->numbers[i]))
                        continue;
                r = reason_list_add_about_block(&plan->reasons, &reason);
                if (r < 0)
                        return r;
                plan->refused = true;
        }
        return 0;
}

/* memctl.ko knows CMA's pages; kpageflags does not. */
static bool cma_is_untold(const struct offline_planner *planner)
{
        const struct survey *survey = &planner->result.survey;

        return survey->source == SURVEY_NONE || (survey->unknown & 1U << MEMCTL_CLASS_CMA);
}

/* "reservation camera"; "reservation 5", where it has no name. */
struct label {
        char text[sizeof("reservation ") + RESERVATION_NAME_SIZE];
};

static struct label *make_labels(const struct reservation_list *list)
{
        struct label *labels = calloc(list->n + 1, sizeof(*labels));

        for (size_t i = 0; labels && i < list->n; i++)
                if (list->items[i].name[0])
                        (void) snprintf(labels[i].text, sizeof(labels[i].text), "reservation %s",
                                        list->items[i].name);
                else
                        (void) snprintf(labels[i].text, sizeof(labels[i].text), "reservation %" PRIu64,
                                        list->items[i].id);
        return labels;
}

/* Whose the kernel's pages in a block are, where something is reserved there. */
static void name_reserved(const struct reservation_list *list, const struct label *labels,
                          uint64_t block_pages, struct offline_keeper *keepers, size_t n)
{
        static const struct survey nobody = { 0 };
        const char *kernel = pages_owner_name(&nobody, SURVEY_OWNER_NONE, MEMCTL_CLASS_OTHER);

        for (size_t i = 0; i < n; i++) {
                uint64_t start = keepers[i].block * block_pages;

                if (strcmp(keepers[i].owner, kernel) != 0)
                        continue;
                for (size_t j = 0; j < list->n; j++)
                        if (list->items[j].start_pfn < start + block_pages &&
                            start < list->items[j].start_pfn + list->items[j].pages) {
                                keepers[i].owner = labels[j].text;
                                break;
                        }
        }
}

static int make_plan(struct offline_planner *planner, const struct facts *facts, struct offline_plan *plan)
{
        struct snapshot *snapshot = monitor_snapshot(planner->machine->monitor);
        _cleanup_free_ struct offline_keeper *keepers = NULL;
        _cleanup_free_ struct label *labels = make_labels(&facts->reservations);
        struct offline_request request = {
                .blocks = planner->blocks.numbers,
                .n_blocks = planner->blocks.n_numbers,
                .usage = planner->usage,
                .options = planner->options,
                /* where it cannot be told nothing is counted, and no figure depends on it */
                .page_size = planner->machine->tree->page_size ? planner->machine->tree->page_size : 4096,
                .cold = planner->cold_known ? &planner->cold : NULL,
        };
        int r;

        if (!labels)
                return -ENOMEM;
        r = refuse_if_blocks_left(snapshot, &planner->blocks, plan);
        if (r < 0 || plan->refused)
                return r;

        r = blockers_list(planner->blockers, &keepers, &request.n_keepers);
        if (r < 0)
                return r;
        name_reserved(&facts->reservations, labels, snapshot->block_size / request.page_size, keepers,
                      request.n_keepers);
        request.keepers = keepers;
        if (planner->dimm) {
                request.eject = snapshot_find_dimm(snapshot, planner->dimm);
                if (!request.eject)
                        return -ENODEV;
        }
        request.room = &facts->room;
        request.history = &facts->history;
        request.untold_cma_bytes = cma_is_untold(planner) ? facts->cma_bytes : 0;
        request.can_fence = facts->can_fence;
        request.no_fence = facts->no_fence;
        request.can_place = facts->can_place;
        request.no_place = facts->no_place;
        return offline_plan_make(snapshot, &request, plan);
}

static void end(struct offline_planner *planner, int error, struct offline_plan *plan)
{
        if (error < 0)
                offline_plan_clear(plan);
        planner->done(planner->userdata, error < 0 ? error : 0, plan);
}

static void on_facts(void *userdata, int error, struct facts *facts)
{
        struct offline_planner *planner = userdata;
        struct offline_plan plan = { 0 };
        int r = error;

        planner->reading = facts_task_free(planner->reading);
        if (r >= 0)
                r = make_plan(planner, facts, &plan);
        facts_clear(facts);
        end(planner, r, &plan);
}

static int read_facts(struct offline_planner *planner, facts_done_t done)
{
        return facts_task_new(planner->machine, planner->options.to_node != NODE_NONE, done, planner,
                              &planner->reading);
}

static void finish(struct offline_planner *planner, int error)
{
        struct offline_plan plan = { 0 };
        int r = error;

        if (r >= 0)
                r = read_facts(planner, on_facts);
        if (r < 0)
                end(planner, r, &plan);
}

/* What a block holds, by the survey. One that is not in it was offline, so nothing is in it. */
static void count_usage(struct offline_planner *planner, bool known)
{
        struct survey_block block = { .survey = &planner->result.survey };
        bool more = survey_next_block(&block);

        for (size_t i = 0; i < planner->blocks.n_numbers; i++) {
                struct block_usage *usage = &planner->usage[i];

                *usage = (struct block_usage){ .number = planner->blocks.numbers[i], .known = known };
                while (more && block.block < usage->number)
                        more = survey_next_block(&block);
                for (size_t j = 0; more && block.block == usage->number && j < block.n_counts; j++)
                        block_usage_add(usage, block.counts[j].class, block.counts[j].order,
                                        block.counts[j].pages);
        }
}

static void on_looked(void *userdata, int error, struct cold *cold)
{
        struct offline_planner *planner = userdata;

        planner->looking = cold_task_free(planner->looking);
        cold_clear(&planner->cold);
        planner->cold_known = error >= 0;
        planner->cold = *cold;
        *cold = (struct cold){ 0 };
        finish(planner, error == -ENOMEM ? error : 0);
}

/* Watching memory takes a while: nobody waits that long to hear that it does not go. */
static void on_facts_before_watch(void *userdata, int error, struct facts *facts)
{
        struct offline_planner *planner = userdata;
        struct offline_plan plan = { 0 };
        int r = error;

        planner->reading = facts_task_free(planner->reading);
        if (r >= 0)
                r = make_plan(planner, facts, &plan);
        facts_clear(facts);
        if (r < 0 || plan.refused) {
                end(planner, r, &plan);
                return;
        }
        offline_plan_clear(&plan);
        r = cold_task_new(planner->machine, &planner->blocks, planner->options.cache, &planner->cold,
                          on_looked, planner, &planner->looking);
        if (r < 0)
                finish(planner, r);
}

static void watch(struct offline_planner *planner, struct cold *cold)
{
        int r;

        planner->looking = cold_task_free(planner->looking);
        planner->cold = *cold;
        planner->cold_known = true;
        *cold = (struct cold){ 0 };
        r = read_facts(planner, on_facts_before_watch);
        if (r < 0)
                finish(planner, r);
}

static void on_listed(void *userdata, int error, struct cold *cold)
{
        struct offline_planner *planner = userdata;

        if (error < 0 || planner->brief || !cold_is_worth_watching(cold)) {
                on_looked(planner, error, cold);
        } else if (!planner->only_count) {
                watch(planner, cold);
        } else {
                free(cold->note);
                cold->note = strdup(
                        "memory was not watched for what is in use just now, as it is for administrators");
                on_looked(planner, error, cold);
        }
}

/* Each page of a block that is looked at costs time: not where the survey has seen none of the page cache.
 */
static int blocks_with_cache(const struct offline_planner *planner, struct block_set *ret)
{
        ret->numbers =
                calloc(planner->blocks.n_numbers ? planner->blocks.n_numbers : 1, sizeof(*ret->numbers));
        if (!ret->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < planner->blocks.n_numbers; i++)
                if (!planner->usage[i].known || planner->usage[i].pages_file > 0)
                        ret->numbers[ret->n_numbers++] = planner->blocks.numbers[i];
        return 0;
}

static void look_for_cache(struct offline_planner *planner)
{
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        int r;

        r = blocks_with_cache(planner, &blocks);
        if (r >= 0)
                r = cold_task_new(planner->machine, &blocks, planner->options.cache, NULL, on_listed,
                                  planner, &planner->looking);
        if (r < 0)
                finish(planner, r);
}

static void on_searched(void *userdata)
{
        look_for_cache(userdata);
}

static void on_surveyed(void *userdata, int error, const char *message, struct survey *survey)
{
        struct offline_planner *planner = userdata;
        int r;

        planner->result.error = error < 0 ? error : 0;
        if (message)
                planner->result.message = strdup(message);
        planner->task = survey_task_free(planner->task);
        planner->result.survey = *survey;
        *survey = (struct survey){ 0 };
        if (error == -ENOMEM) {
                finish(planner, error);
                return;
        }
        /* without a survey the plan is made without counts, and says that it is */
        count_usage(planner, error >= 0);
        r = blockers_new(&planner->result.survey, &planner->blockers);
        if (r >= 0 && !planner->options.force && !planner->only_count && !planner->brief)
                r = blockers_search(planner->blockers, planner->machine, on_searched, planner);
        if (r < 0)
                finish(planner, r);
        else if (r == 0)
                look_for_cache(planner);
}

int offline_planner_new(struct machine *machine, const struct block_set *blocks, const char *dimm,
                        const struct offline_options *options, offline_planner_done_t done,
                        void *userdata, struct offline_planner **ret)
{
        _cleanup_(offline_planner_freep) struct offline_planner *planner = NULL;
        int r;

        planner = calloc(1, sizeof(*planner));
        if (!planner)
                return -ENOMEM;

        planner->machine = machine;
        planner->options = *options;
        planner->done = done;
        planner->userdata = userdata;
        planner->usage = calloc(blocks->n_numbers ? blocks->n_numbers : 1, sizeof(*planner->usage));
        if (!planner->usage)
                return -ENOMEM;
        r = block_set_copy(blocks, &planner->blocks);
        if (r < 0)
                return r;
        if (dimm) {
                planner->dimm = strdup(dimm);
                if (!planner->dimm)
                        return -ENOMEM;
        }
        r = survey_task_new(machine, &planner->blocks, true, on_surveyed, planner, &planner->task);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(planner);
        return 0;
}

void offline_planner_make_brief(struct offline_planner *planner)
{
        planner->brief = true;
}

/* The blockers point into it. */
void offline_planner_take_survey(struct offline_planner *planner, struct survey_result *ret)
{
        planner->blockers = blockers_free(planner->blockers);
        *ret = planner->result;
        planner->result = (struct survey_result){ 0 };
}

void offline_planner_only_count(struct offline_planner *planner)
{
        planner->only_count = true;
        survey_task_only_look(planner->task);
}

struct offline_planner *offline_planner_free(struct offline_planner *planner)
{
        if (!planner)
                return NULL;

        survey_task_free(planner->task);
        blockers_free(planner->blockers);
        cold_task_free(planner->looking);
        facts_task_free(planner->reading);
        cold_clear(&planner->cold);
        survey_result_clear(&planner->result);
        block_set_clear(&planner->blocks);
        free(planner->dimm);
        free(planner->usage);
        free(planner);
        return NULL;
}
