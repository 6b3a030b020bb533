/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.Why and Dimm.Why: what keeps blocks from going offline.
 */
#include "daemon/bus/answer/why.h"

#include "daemon/bus/answer/argument.h"
#include "daemon/bus/answer/survey_rows.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/reasons.h"
#include "daemon/bus/value/strings.h"
#include "daemon/query/explain.h"
#include "memctl/bus.h"

#include <errno.h>

static int append_pids(sd_bus_message *m, bool searched, const uint32_t *pids, size_t n)
{
        return searched || n > 0 ? bus_append_array_entry(m, "pids", 'u', pids, n * sizeof(*pids)) : 0;
}

static int append_advice(sd_bus_message *m, unsigned int advice)
{
        char *names[_ADVICE_MAX];
        size_t n = 0;

        for (unsigned int i = 0; i < _ADVICE_MAX; i++)
                if (advice & 1U << i)
                        names[n++] = (char *) advice_name(i);
        return bus_append_strings_entry(m, "advice", names, n);
}

static int append_owner(sd_bus_message *m, const void *list, size_t index)
{
        const struct why_report *report = list;
        const struct why_owner *owner = &report->owners[index];
        const struct survey *survey = &report->survey;
        const char *name = survey_owner(survey, owner->pages.owner);
        const char *kind = class_kind_name(survey->source, owner->pages.class);
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}{sv}", "class", "s", memory_class_name(owner->pages.class),
                                  "kind", "s", kind, "pages", "t", owner->pages.pages);
        if (r >= 0 && name)
                r = sd_bus_message_append(m, "{sv}", "owner", "s", name);
        if (r >= 0 && owner->movable != MOVABLE_UNKNOWN)
                r = sd_bus_message_append(m, "{sv}", "movable", "b", owner->movable == MOVABLE_YES);
        if (r >= 0)
                r = append_pids(m, owner->searched, owner->pids, owner->n_pids);
        return r < 0 ? r : append_advice(m, owner->advice);
}

static int append_keeper(sd_bus_message *m, const void *list, size_t index)
{
        const struct why_report *report = list;
        const struct why_keeper *keeper = &report->keepers[index];
        const struct survey_keeper *pages = keeper->pages;
        const char *name = survey_owner(&report->survey, pages->owner);
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}", "block", "u", pages->block, "start", "t",
                                  pages->pfn * report->page_size, "end", "t",
                                  (pages->pfn + pages->pages) * report->page_size - 1, "pages", "t",
                                  pages->pages, "class", "s", memory_class_name(pages->class));
        if (r >= 0 && name)
                r = sd_bus_message_append(m, "{sv}", "owner", "s", name);
        if (r >= 0 && keeper->allocated_by)
                r = sd_bus_message_append(m, "{sv}", "allocated_by", "s", keeper->allocated_by);
        return r < 0 ? r : append_pids(m, keeper->searched, keeper->pids, keeper->n_pids);
}

static int append_processes(sd_bus_message *m, const struct why_report *report)
{
        int r;

        r = bus_open_entry(m, "processes", "a(us)");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "(us)");
        for (size_t i = 0; r >= 0 && i < report->n_processes; i++)
                r = sd_bus_message_append(m, "(us)", report->processes[i].pid, report->processes[i].command);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : bus_close_entry(m);
}

static int append_allocations(sd_bus_message *m, const struct allocation_list *list)
{
        int r;

        r = bus_open_entry(m, "allocations", "a(st)");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "(st)");
        for (size_t i = 0; r >= 0 && i < list->n_items; i++)
                r = sd_bus_message_append(m, "(st)", list->items[i].place, list->items[i].bytes);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : bus_close_entry(m);
}

/* Where the pages are, who has them, and what the kernel has allocated. */
static int append_details(sd_bus_message *m, const struct why_report *report)
{
        int r;

        r = bus_append_dictionaries_entry(m, "keepers", append_keeper, report, report->n_keepers);
        if (r >= 0)
                r = append_processes(m, report);
        return r < 0 || !report->has_allocations ? r : append_allocations(m, &report->allocations);
}

struct answer {
        const struct why_report *report;
        const struct reason_list *reasons;
};

static int append_reasons(sd_bus_message *m, const struct answer *answer)
{
        int r;

        r = bus_open_entry(m, "reasons", "aa{sv}");
        if (r >= 0)
                r = request_append_reasons(m, answer->reasons->items, answer->reasons->n_items,
                                           answer->report->only_counted ? REASONS_COUNTED : REASONS_NAMED);
        return r < 0 ? r : bus_close_entry(m);
}

static int append_answer(sd_bus_message *m, const void *what)
{
        const struct answer *answer = what;
        const struct why_report *report = answer->report;
        const struct survey *survey = &report->survey;
        int r;

        r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}", "source", "s", survey_source_name(survey->source));
        if (r >= 0)
                r = bus_append_unknown(m, survey->source == SURVEY_NONE ? UINT32_MAX : survey->unknown);
        if (r >= 0)
                r = bus_append_array_entry(m, "blocks", 'u', report->blocks.numbers,
                                           report->blocks.n_numbers * sizeof(uint32_t));
        if (r >= 0)
                r = bus_append_array_entry(m, "offline", 'u', report->offline.numbers,
                                           report->offline.n_numbers * sizeof(uint32_t));
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "owners", append_owner, report, report->n_owners);
        if (r >= 0)
                r = append_reasons(m, answer);
        if (r >= 0 && !report->only_counted)
                r = append_details(m, report);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static void on_explained(void *userdata, int error, const char *message, struct why_report *report,
                         struct reason_list *reasons)
{
        _cleanup_(pending_freep) struct pending *pending = userdata;
        const struct answer answer = { .report = report, .reasons = reasons };

        pending_answer(pending, error, message, append_answer, &answer);
        why_report_clear(report);
        reason_list_clear(reasons);
}

static void free_task(void *task)
{
        explain_task_free(task);
}

int bus_answer_why(struct server *server, sd_bus_message *m, const struct block_set *blocks, bool full,
                   sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct explain_task *task;
        int r;

        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        r = explain_task_new(server->machine, blocks, WHY_MAPPING_USEC, on_explained, pending, &task);
        if (r < 0)
                return r;
        if (!full)
                explain_task_only_count(task);
        return pending_wait(TAKE_PTR(pending), task, free_task); /* on_explained() frees it */
}

static int do_why(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        _cleanup_(bus_strv_freep) char **ranges = NULL;
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        int r;

        r = sd_bus_message_read_strv(m, &ranges);
        if (r >= 0)
                r = bus_parse_blocks(server, ranges, &blocks, error);
        return r < 0 ? r : bus_answer_why(server, m, &blocks, full, error);
}

int bus_why(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, true, do_why, error);
}
