/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/survey.h"

#include "daemon/query/survey_look.h"

#include <errno.h>

struct survey_task {
        struct machine *machine;
        sd_event_source *begin;
        struct survey_request request;
        size_t n_blocks; /* done with, at the end */
        struct helper *helper;
        survey_done_t done;
        void *userdata;
};

void survey_result_clear(struct survey_result *result)
{
        survey_clear(&result->survey);
        free(result->message);
        *result = (struct survey_result){ 0 };
}

static void put_survey(struct packet *packet, const struct survey *survey)
{
        packet_put_u64(packet, survey->source);
        packet_put_u64(packet, survey->unknown);
        packet_put_u64(packet, survey->n_owners);
        for (size_t i = 0; i < survey->n_owners; i++)
                packet_put_string(packet, survey->owners[i]);
        packet_put_array(packet, survey->counts, survey->n_counts, sizeof(*survey->counts));
        packet_put_array(packet, survey->keepers, survey->n_keepers, sizeof(*survey->keepers));
        packet_put_string(packet, survey->note);
}

static int get_survey(struct packet_reader *reader, struct survey *ret)
{
        struct survey survey = { 0 };
        uint64_t n;

        survey.source = (enum survey_source) packet_get_u64(reader);
        survey.unknown = (uint32_t) packet_get_u64(reader);
        n = packet_get_u64(reader);
        survey.owners = calloc(n < SURVEY_OWNER_NONE ? n + 1 : 1, sizeof(*survey.owners));
        if (!survey.owners)
                return -ENOMEM;
        while (reader->error >= 0 && survey.n_owners < n && n < SURVEY_OWNER_NONE)
                survey.owners[survey.n_owners++] = packet_get_string(reader);
        survey.counts = packet_get_array(reader, sizeof(*survey.counts), &survey.n_counts);
        survey.size_counts = survey.n_counts;
        survey.keepers = packet_get_array(reader, sizeof(*survey.keepers), &survey.n_keepers);
        survey.size_keepers = survey.n_keepers;
        survey.note = packet_get_string(reader);
        if (reader->error < 0) {
                survey_clear(&survey);
                return reader->error;
        }
        *ret = survey;
        return 0;
}

static int work(void *userdata, struct packet *answer, char **message)
{
        _cleanup_(survey_clear) struct survey survey = { 0 };
        size_t n_blocks;
        int r;

        r = survey_look(userdata, &survey, &n_blocks, message);
        if (r < 0)
                return r;
        packet_put_u64(answer, n_blocks);
        put_survey(answer, &survey);
        return 0;
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct survey_task *task = userdata;
        struct survey survey = { 0 };
        int r = result->error;

        if (r >= 0) {
                task->n_blocks = packet_get_u64(result->answer);
                if (task->n_blocks > task->request.blocks.n_numbers)
                        task->n_blocks = task->request.blocks.n_numbers;
                r = get_survey(result->answer, &survey);
        }
        task->done(task->userdata, r,
                   r == -ETIMEDOUT ? "the kernel did not say in time whose pages are in the blocks"
                                   : result->message,
                   &survey);
}

/* From the loop: until then the caller may say more of what he wants. */
static int on_begin(sd_event_source *source, uint64_t usec, void *userdata)
{
        static const struct machine_work survey_work = { .name = "memctld-survey", .work = work };
        struct survey_task *task = userdata;
        struct survey none = { 0 };
        int r;

        (void) source, (void) usec;

        task->begin = sd_event_source_disable_unref(task->begin);
        r = machine_help(task->machine, &survey_work, &task->request, on_done, task, &task->helper);
        if (r < 0)
                task->done(task->userdata, r, NULL, &none);
        return 0;
}

int survey_task_new(struct machine *machine, const struct block_set *blocks, bool settle, survey_done_t done,
                    void *userdata, struct survey_task **ret)
{
        _cleanup_(survey_task_freep) struct survey_task *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->request.tree = machine->tree;
        task->request.block_size = monitor_block_size(machine->monitor);
        task->request.settle = settle;
        task->done = done;
        task->userdata = userdata;
        r = block_set_copy(blocks, &task->request.blocks);
        if (r >= 0)
                r = machine_after(machine, 0, on_begin, task, &task->begin);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

void survey_task_only_look(struct survey_task *task)
{
        task->request.only_look = true;
}

void survey_task_limit(struct survey_task *task, size_t rows)
{
        task->request.limit = rows;
}

void survey_task_rest(const struct survey_task *task, struct block_set *ret)
{
        *ret = (struct block_set){
                .numbers = task->request.blocks.numbers + task->n_blocks,
                .n_numbers = task->request.blocks.n_numbers - task->n_blocks,
        };
}

struct survey_task *survey_task_free(struct survey_task *task)
{
        if (!task)
                return NULL;

        sd_event_source_disable_unref(task->begin);
        helper_free(task->helper);
        block_set_clear(&task->request.blocks);
        free(task);
        return NULL;
}
