/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/why.h"

#include "basic/message.h"
#include "daemon/module/reservation.h"
#include "daemon/pages/page_owner.h"
#include "daemon/pages/usage.h"
#include "daemon/query/mapping.h"
#include "daemon/query/survey.h"
#include "daemon/query/why_advice.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Pages whose allocation is looked up: each may take a thousand records. */
#define LOOKUPS_MAX 128

struct why_task {
        struct machine *machine;
        struct survey_task *survey;
        struct survey_result given; /* instead */
        sd_event_source *begin;     /* likewise */
        struct mapping_task *mapping;
        struct helper *look_up;
        uint64_t mapping_usec;
        struct why_report report;
        why_done_t done;
        void *userdata;
};

static void finish(struct why_task *task, int error, const char *message)
{
        struct why_report report = task->report;

        task->report = (struct why_report){ 0 };
        if (error < 0)
                why_report_clear(&report);
        task->done(task->userdata, error, message, &report);
}

static void add_pids(struct why_owner *owner, const uint32_t *pids, size_t n_pids)
{
        for (size_t i = 0; i < n_pids && owner->n_pids < MAPPER_PIDS_MAX; i++) {
                size_t j = 0;

                while (j < owner->n_pids && owner->pids[j] != pids[i])
                        j++;
                if (j == owner->n_pids)
                        owner->pids[owner->n_pids++] = pids[i];
        }
}

/* The owner's processes are those of its keepers. */
static void join_processes(struct why_report *report)
{
        for (size_t i = 0; i < report->n_owners; i++) {
                struct why_owner *owner = &report->owners[i];

                for (size_t j = 0; j < report->n_keepers; j++) {
                        const struct why_keeper *keeper = &report->keepers[j];

                        if (keeper->pages->class != owner->pages.class ||
                            keeper->pages->owner != owner->pages.owner)
                                continue;
                        owner->searched |= keeper->searched;
                        add_pids(owner, keeper->pids, keeper->n_pids);
                }
        }
}

static bool is_kernels(enum memctl_class class)
{
        return class == MEMCTL_CLASS_SLAB || class == MEMCTL_CLASS_PAGE_TABLE || class == MEMCTL_CLASS_OTHER;
}

/* In the helper, and likewise: what of the kernel's pages is reserved. */
static void find_reservations(const struct why_task *task, struct packet *answer)
{
        _cleanup_(reservation_list_clear) struct reservation_list list = { 0 };
        _cleanup_free_ char *message = NULL;

        (void) reservation_list_read(task->machine->tree, &list, &message);
        for (size_t i = 0; list.n > 0 && i < task->report.n_keepers; i++) {
                const struct survey_keeper *pages = task->report.keepers[i].pages;
                char text[sizeof("memctl: reservation ") + RESERVATION_NAME_SIZE];

                for (size_t j = 0; j < list.n; j++) {
                        const struct reservation *made = &list.items[j];

                        if (pages->class != MEMCTL_CLASS_OTHER || pages->pfn < made->start_pfn ||
                            pages->pfn >= made->start_pfn + made->pages)
                                continue;
                        if (made->name[0])
                                (void) snprintf(text, sizeof(text), "memctl: reservation %s", made->name);
                        else
                                (void) snprintf(text, sizeof(text), "memctl: reservation %" PRIu64,
                                                made->id);
                        packet_put_u64(answer, i);
                        packet_put_string(answer, text);
                        break;
                }
        }
}

/* In the helper. Allocations are told by the keeper's index; what was told counts, should page_owner not go
 * on. */
static void find_allocations(const struct why_task *task, struct packet *answer)
{
        _cleanup_(page_owner_closep) struct page_owner *page_owner = NULL;
        size_t n_lookups = 0;

        (void) page_owner_open(task->machine->tree, &page_owner);
        for (size_t i = 0; page_owner && i < task->report.n_keepers && n_lookups < LOOKUPS_MAX; i++) {
                const struct survey_keeper *pages = task->report.keepers[i].pages;
                _cleanup_free_ char *allocated_by = NULL;

                if (!is_kernels(pages->class))
                        continue;
                helper_gets_on(++n_lookups);
                if (page_owner_find(page_owner, pages->pfn, &allocated_by) < 0)
                        break;
                if (!allocated_by)
                        continue;
                packet_put_u64(answer, i);
                packet_put_string(answer, allocated_by);
                if (helper_tell(answer) < 0)
                        break;
        }
}

static int look_up(void *userdata, struct packet *answer, char **message)
{
        struct allocation_list allocations = { 0 };
        struct why_task *task = userdata;
        bool swap_on, has_allocations;

        (void) message;

        swap_on = swap_is_on(task->machine->tree);
        has_allocations =
                !task->report.only_counted && allocinfo_read(task->machine->tree, &allocations) >= 0;
        packet_put(answer, &swap_on, sizeof(swap_on));
        packet_put(answer, &has_allocations, sizeof(has_allocations));
        packet_put(answer, &allocations, sizeof(allocations));
        if (!task->report.only_counted) {
                find_reservations(task, answer);
                find_allocations(task, answer);
        }
        return 0;
}

static void on_looked_up(void *userdata, const struct helper_result *result)
{
        struct why_task *task = userdata;
        struct why_report *report = &task->report;
        struct packet_reader *answer = result->answer;
        bool swap_on = false;

        if (answer) {
                packet_get(answer, &swap_on, sizeof(swap_on));
                packet_get(answer, &report->has_allocations, sizeof(report->has_allocations));
                packet_get(answer, &report->allocations, sizeof(report->allocations));
        }
        while (answer && answer->error >= 0 && answer->size > 0) {
                uint64_t i = packet_get_u64(answer);
                char *allocated_by = packet_get_string(answer);

                if (i < report->n_keepers && !report->keepers[i].allocated_by)
                        report->keepers[i].allocated_by = allocated_by;
                else
                        free(allocated_by);
        }
        task->look_up = helper_free(task->look_up);
        join_processes(report);
        why_advise(report, monitor_snapshot(task->machine->monitor), swap_on);
        finish(task, result->error == -ENOMEM ? result->error : 0, NULL);
}

/* All of it is more than is needed: without an answer in time the report has none of it. */
static int start_look_up(struct why_task *task)
{
        static const struct machine_work work = { .name = "memctld-lookup", .work = look_up };

        return machine_help(task->machine, &work, task, on_looked_up, task, &task->look_up);
}

/* Pages locked in memory have no keepers: they move. Their processes are told with the owner. */
static void take_locked(struct why_report *report, const struct mapper_target *target, bool complete)
{
        for (size_t i = 0; i < report->n_owners; i++)
                if (report->owners[i].pages.class == MEMCTL_CLASS_LRU_MLOCKED) {
                        report->owners[i].searched = complete;
                        add_pids(&report->owners[i], target->pids, target->n_pids);
                }
}

static int take_processes(struct why_report *report, const struct mapper *mapper, bool complete)
{
        const struct mapper_process *processes;
        const struct mapper_target *targets;
        size_t n;

        targets = mapper_targets(mapper, &n);
        for (size_t i = 0; i < n; i++) {
                struct why_keeper *keeper;

                if (targets[i].only == MEMCTL_CLASS_LRU_MLOCKED) {
                        take_locked(report, &targets[i], complete);
                        continue;
                }
                keeper = &report->keepers[targets[i].id];
                keeper->searched = complete;
                keeper->n_pids = targets[i].n_pids;
                memcpy(keeper->pids, targets[i].pids, sizeof(keeper->pids));
        }

        processes = mapper_processes(mapper, &n);
        report->processes = calloc(n ? n : 1, sizeof(*report->processes));
        if (!report->processes)
                return -ENOMEM;
        memcpy(report->processes, processes, n * sizeof(*processes));
        report->n_processes = n;
        return 0;
}

static void on_mapped(void *userdata, const struct mapper *mapper, bool complete)
{
        struct why_task *task = userdata;
        int r;

        r = take_processes(&task->report, mapper, complete);
        task->mapping = mapping_task_free(task->mapping);
        if (r >= 0)
                r = start_look_up(task);
        if (r < 0)
                finish(task, r, NULL);
}

static bool may_be_mapped(enum memctl_class class)
{
        return class == MEMCTL_CLASS_PINNED || class == MEMCTL_CLASS_OTHER;
}

/* A pinned page looks like any other in kpageflags; what is nobody's may be somebody's by now. */
static uint8_t only_class(enum memctl_class class)
{
        return class == MEMCTL_CLASS_OTHER ? MEMCTL_CLASS_OTHER : MEMCTL_CLASS_UNSPEC;
}

/* What processes may map: the pages of keepers, and any locked page of a block that has such. */
static size_t list_targets(const struct why_report *report, struct mapper_target *targets)
{
        uint64_t pages = report->page_size > 0 ? report->block_size / report->page_size : 0;
        struct survey_block block = { .survey = &report->survey };
        size_t n = 0;

        for (size_t i = 0; i < report->n_keepers; i++)
                if (may_be_mapped(report->keepers[i].pages->class))
                        targets[n++] = (struct mapper_target){
                                .pfn = report->keepers[i].pages->pfn,
                                .pages = report->keepers[i].pages->pages,
                                .only = only_class(report->keepers[i].pages->class),
                                .id = i,
                        };
        while (survey_next_block(&block) && n < MAPPER_TARGETS_MAX)
                for (size_t i = 0; i < block.n_counts; i++)
                        if (block.counts[i].class == MEMCTL_CLASS_LRU_MLOCKED) {
                                targets[n++] = (struct mapper_target){
                                        .pfn = block.block * pages,
                                        .pages = pages,
                                        .only = MEMCTL_CLASS_LRU_MLOCKED,
                                };
                                break;
                        }
        return n;
}

static int start_mapping(struct why_task *task)
{
        _cleanup_free_ struct mapper_target *targets = NULL;
        size_t n;
        int r;

        targets = calloc(MAPPER_TARGETS_MAX, sizeof(*targets));
        if (!targets)
                return -ENOMEM;
        n = task->report.only_counted ? 0 : list_targets(&task->report, targets);
        if (n == 0)
                return start_look_up(task);
        r = mapping_task_new(task->machine, targets, n, task->mapping_usec, on_mapped, task, &task->mapping);
        /* where there is no list of processes, none are told of */
        return r == -ENOMEM ? r : r < 0 ? start_look_up(task) : 0;
}

/* Each block's first keepers, as many as its share allows. */
static int list_keepers(struct why_report *report)
{
        const struct survey *survey = &report->survey;
        struct survey_block block = { .survey = survey };
        size_t n_blocks = 0, share;

        while (survey_next_block(&block))
                n_blocks += block.n_keepers > 0;
        share = n_blocks > 0 ? WHY_KEEPERS_MAX / n_blocks : 0;
        share = share > 0 ? share : 1;
        report->keepers = calloc(WHY_KEEPERS_MAX, sizeof(*report->keepers));
        if (!report->keepers)
                return -ENOMEM;

        block = (struct survey_block){ .survey = survey };
        while (survey_next_block(&block)) {
                size_t n = 0;

                for (size_t i = 0; i < block.n_keepers && n < share; i++) {
                        const struct survey_keeper *keeper = &block.keepers[i];

                        if (class_movability(survey->source, keeper->class) == MOVABLE_YES ||
                            report->n_keepers == WHY_KEEPERS_MAX)
                                continue;
                        report->keepers[report->n_keepers++] = (struct why_keeper){ .pages = keeper };
                        n++;
                }
        }
        return 0;
}

static int list_owners(struct why_report *report)
{
        _cleanup_free_ struct owned_pages *owners = NULL;
        size_t n;
        int r;

        r = unmovable_owners(&report->survey, &owners, &n);
        if (r < 0)
                return r;
        report->owners = calloc(n ? n : 1, sizeof(*report->owners));
        if (!report->owners)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                report->owners[i] = (struct why_owner){
                        .pages = owners[i],
                        .movable = class_movability(report->survey.source, owners[i].class),
                };
        report->n_owners = n;
        return 0;
}

static void on_surveyed(void *userdata, int error, const char *message, struct survey *survey)
{
        struct why_task *task = userdata;
        _cleanup_free_ char *why = message ? strdup(message) : NULL;
        int r = error;

        task->survey = survey_task_free(task->survey);
        task->report.survey = *survey;
        *survey = (struct survey){ 0 };
        if (r >= 0)
                r = list_owners(&task->report);
        if (r >= 0)
                r = list_keepers(&task->report);
        if (r >= 0)
                r = start_mapping(task);
        if (r < 0)
                finish(task, r == -ENODATA ? -EOPNOTSUPP : r, why);
}

/* Those that are offline have nothing in them that could keep them. */
static int sort_blocks(struct machine *machine, const struct block_set *blocks, struct why_report *report)
{
        const struct snapshot *snapshot = monitor_snapshot(machine->monitor);
        size_t n = blocks->n_numbers ? blocks->n_numbers : 1;

        report->block_size = snapshot->block_size;
        report->page_size = machine->tree->page_size;
        report->blocks.numbers = calloc(n, sizeof(*report->blocks.numbers));
        report->offline.numbers = calloc(n, sizeof(*report->offline.numbers));
        if (!report->blocks.numbers || !report->offline.numbers)
                return -ENOMEM;
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, blocks->numbers[i]);
                struct block_set *set =
                        block && block->state != BLOCK_OFFLINE ? &report->blocks : &report->offline;

                if (block)
                        set->numbers[set->n_numbers++] = block->number;
        }
        return 0;
}

static int begin(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                 why_done_t done, void *userdata, struct why_task **ret)
{
        _cleanup_(why_task_freep) struct why_task *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->mapping_usec = mapping_usec;
        task->done = done;
        task->userdata = userdata;
        r = sort_blocks(machine, blocks, &task->report);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

int why_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                 why_done_t done, void *userdata, struct why_task **ret)
{
        _cleanup_(why_task_freep) struct why_task *task = NULL;
        int r;

        r = begin(machine, blocks, mapping_usec, done, userdata, &task);
        if (r >= 0)
                r = survey_task_new(machine, &task->report.blocks, true, on_surveyed, task, &task->survey);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

void why_task_only_count(struct why_task *task)
{
        task->report.only_counted = true;
        if (task->survey)
                survey_task_only_look(task->survey);
}

static int on_given(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct why_task *task = userdata;
        struct survey_result given = task->given;

        (void) source, (void) usec;

        task->given = (struct survey_result){ 0 };
        task->begin = sd_event_source_disable_unref(task->begin);
        on_surveyed(task, given.error, given.message, &given.survey);
        survey_result_clear(&given);
        return 0;
}

int why_task_of_survey(struct machine *machine, const struct block_set *blocks, struct survey_result *survey,
                       uint64_t mapping_usec, why_done_t done, void *userdata, struct why_task **ret)
{
        _cleanup_(why_task_freep) struct why_task *task = NULL;
        int r;

        r = begin(machine, blocks, mapping_usec, done, userdata, &task);
        if (r >= 0)
                r = machine_after(machine, 0, on_given, task, &task->begin);
        if (r < 0)
                return r;
        task->given = *survey;
        *survey = (struct survey_result){ 0 };
        *ret = TAKE_PTR(task);
        return 0;
}

int why_report_blind(struct machine *machine, const struct block_set *blocks, struct why_report *ret)
{
        int r = sort_blocks(machine, blocks, ret);

        if (r < 0)
                why_report_clear(ret);
        return r;
}

struct why_task *why_task_free(struct why_task *task)
{
        if (!task)
                return NULL;

        sd_event_source_disable_unref(task->begin);
        survey_task_free(task->survey);
        survey_result_clear(&task->given);
        helper_free(task->look_up);
        mapping_task_free(task->mapping);
        why_report_clear(&task->report);
        free(task);
        return NULL;
}
