/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.Survey: who owns the pages of blocks, as columns.
 */
#include "daemon/bus/answer/survey.h"

#include "daemon/bus/answer/argument.h"
#include "daemon/bus/answer/survey_rows.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/strings.h"
#include "daemon/plan/advice.h"
#include "daemon/query/reading.h"
#include "daemon/query/survey.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Rows of an answer, 16 bytes each: a bus carries a few MiB at a time. The rest is to be asked for. */
#define ANSWER_ROWS ((size_t) 1 << 17)

/* What an answer is made of. */
struct answer {
        const struct survey *survey;
        struct block_set rest; /* blocks that are in another answer */
        const struct memory_totals *totals;
        uint64_t page_size; /* bytes; 0: cannot be told */
        const char *note; /* why a better source was not used; NULL: there is none, or nothing to say */
};

static int append_total(sd_bus_message *m, const void *list, size_t index)
{
        const struct memory_totals *totals = list;
        const struct memory_total *total = &totals->items[index];
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}", "owner", "s", total->owner, "class", "s",
                                  memory_class_name(total->class), "pages", "t", total->pages, "source", "s",
                                  total->source);
        if (r >= 0 && total->node >= 0)
                r = sd_bus_message_append(m, "{sv}", "node", "i", total->node);
        if (r >= 0 && total->pageblocks != TOTAL_NOT_COUNTED)
                r = sd_bus_message_append(m, "{sv}", "pageblocks", "t", total->pageblocks);
        return r;
}

/* As ranges, so that they can be asked for next. */
static int append_rest(sd_bus_message *m, const struct block_set *rest)
{
        int r;

        r = bus_open_entry(m, "rest", "as");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        for (size_t i = 0, next; r >= 0 && i < rest->n_numbers; i = next) {
                char range[32];

                for (next = i + 1;
                     next < rest->n_numbers && rest->numbers[next] == rest->numbers[next - 1] + 1;)
                        next++;
                (void) snprintf(range, sizeof(range), "%" PRIu32 "-%" PRIu32, rest->numbers[i],
                                rest->numbers[next - 1]);
                r = sd_bus_message_append(m, "s", range);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : bus_close_entry(m);
}

static int append_about(sd_bus_message *m, const struct answer *answer)
{
        const struct survey *survey = answer->survey;
        const struct memory_totals *totals = answer->totals;
        int r;

        r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}", "source", "s", survey_source_name(survey->source),
                                          "page_size", "t", answer->page_size);
        if (r >= 0)
                r = bus_append_unknown(m, survey->source == SURVEY_NONE ? UINT32_MAX : survey->unknown);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "totals", append_total, totals, totals->n_items);
        if (r >= 0)
                r = append_rest(m, &answer->rest);
        if (r >= 0)
                r = bus_append_strings_entry(m, "notes", (char *[]){ (char *) answer->note },
                                             answer->note ? 1 : 0);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_answer(sd_bus_message *m, const void *what)
{
        const struct answer *answer = what;
        const struct survey *survey = answer->survey;
        int r;

        r = append_about(m, answer);
        if (r >= 0)
                r = bus_append_classes(m, survey->source);
        if (r >= 0)
                r = bus_append_strings(m, survey->owners, survey->n_owners);
        return r < 0 ? r : bus_append_counts(m, survey);
}

/* One after the other: who owns the blocks' pages, and what others count. */
struct surveying {
        struct pending *pending; /* the owner */
        struct survey_task *task;
        struct reading *totals;
        struct survey survey;
        bool is_nothing; /* there is no survey, */
        char *note;      /* for that reason */
};

static void free_surveying(void *userdata)
{
        struct surveying *surveying = userdata;

        survey_task_free(surveying->task);
        reading_free(surveying->totals);
        survey_clear(&surveying->survey);
        free(surveying->note);
        free(surveying);
}

static void on_totals(void *userdata, int error, const char *message, struct reading_answer *totals)
{
        struct surveying *surveying = userdata;
        _cleanup_(pending_freep) struct pending *pending = surveying->pending;
        struct answer answer = {
                .survey = &surveying->survey,
                .totals = &totals->totals,
                .page_size = pending->server->machine->tree->page_size,
                .note = surveying->note ? surveying->note : surveying->survey.note,
        };

        if (!surveying->is_nothing)
                survey_task_rest(surveying->task, &answer.rest);
        /* what others count is more than was asked for: without it there is still an answer */
        pending_answer(pending, error == -ENOMEM ? error : 0, message, append_answer, &answer);
}

static void on_surveyed(void *userdata, int error, const char *message, struct survey *survey)
{
        struct surveying *surveying = userdata;
        struct pending *pending = surveying->pending;
        int r = error;

        /* that nobody can be asked is an answer, too */
        if (r == -ENODATA) {
                surveying->is_nothing = true;
                surveying->note = message ? strdup(message) : NULL;
                r = 0;
        }
        surveying->survey = *survey;
        *survey = (struct survey){ 0 };
        if (r >= 0)
                r = reading_new(pending->server->machine, READING_TOTALS, on_totals, surveying,
                                &surveying->totals);
        if (r >= 0)
                return;
        pending_answer(pending, r, message, NULL, NULL);
        pending_free(pending);
}

/* All blocks that are online, when none are named; where the kernel has none, what would be one. */
static int all_online(const struct snapshot *snapshot, struct block_set *ret)
{
        const struct block_set spans = { .numbers = snapshot->spans, .n_numbers = snapshot->n_spans };

        if (!snapshot->hotplug)
                return block_set_copy(&spans, ret);
        ret->numbers = calloc(snapshot->n_blocks ? snapshot->n_blocks : 1, sizeof(*ret->numbers));
        if (!ret->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (snapshot->blocks[i].state == BLOCK_ONLINE)
                        ret->numbers[ret->n_numbers++] = snapshot->blocks[i].number;
        return 0;
}

static int do_survey(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_(bus_strv_freep) char **ranges = NULL;
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct surveying *surveying;
        int r;

        r = sd_bus_message_read_strv(m, &ranges);
        if (r < 0)
                return r;
        if (ranges && ranges[0])
                r = bus_parse_blocks(server, ranges, &blocks, error);
        else
                r = all_online(server_snapshot(server), &blocks);
        if (r < 0)
                return r;
        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        surveying = calloc(1, sizeof(*surveying));
        if (!surveying)
                return -ENOMEM;
        r = survey_task_new(server->machine, &blocks, false, on_surveyed, surveying, &surveying->task);
        if (r < 0) {
                free_surveying(surveying);
                return r;
        }
        /* what would be blocks cannot be asked for by number: that is one answer */
        if (server_snapshot(server)->hotplug)
                survey_task_limit(surveying->task, ANSWER_ROWS);
        surveying->pending = pending;
        return pending_wait(TAKE_PTR(pending), surveying, free_surveying); /* on_totals() frees it */
}

int bus_survey(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_survey, error);
}
