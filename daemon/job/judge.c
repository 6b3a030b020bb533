/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/judge.h"

#include "daemon/model/usage.h"

#include <errno.h>
#include <string.h>

struct judge {
        struct machine *machine;
        struct block_set blocks;
        char *dimm;
        struct block_usage *usage;
        size_t n_usage; /* counted so far */
        judge_done_t done;
        void *userdata;
        sd_event_source *source;
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
                r = reason_list_add(&plan->reasons, &reason);
                if (r < 0)
                        return r;
                plan->refused = true;
        }
        return 0;
}

static int make_plan(struct judge *judge, struct offline_plan *plan)
{
        struct snapshot *snapshot = monitor_snapshot(judge->machine->monitor);
        struct offline_request request = {
                .blocks = judge->blocks.numbers,
                .n_blocks = judge->blocks.n_numbers,
                .usage = judge->usage,
                .page_size = (uint64_t) sysconf(_SC_PAGESIZE),
        };
        int r;

        r = refuse_if_blocks_left(snapshot, &judge->blocks, plan);
        if (r < 0 || plan->refused)
                return r;

        if (judge->dimm) {
                request.eject = snapshot_find_dimm(snapshot, judge->dimm);
                if (!request.eject)
                        return -ENODEV;
        }
        memory_room_read(judge->machine->tree, &request.room);
        return offline_plan_make(snapshot, &request, plan);
}

static int on_idle(sd_event_source *source, void *userdata)
{
        struct judge *judge = userdata;
        struct offline_plan plan = { 0 };
        int r;

        if (judge->n_usage < judge->blocks.n_numbers) {
                r = block_usage_read(judge->machine->tree, monitor_block_size(judge->machine->monitor),
                                     judge->blocks.numbers[judge->n_usage], &judge->usage[judge->n_usage]);
                if (r >= 0) {
                        judge->n_usage++;
                        return 0;
                }
        } else
                r = make_plan(judge, &plan);

        sd_event_source_set_enabled(source, SD_EVENT_OFF);
        if (r < 0)
                offline_plan_clear(&plan);
        judge->done(judge->userdata, r < 0 ? r : 0, &plan);
        return 0;
}

int judge_new(struct machine *machine, const struct block_set *blocks, const char *dimm, judge_done_t done,
              void *userdata, struct judge **ret)
{
        _cleanup_(judge_freep) struct judge *judge = NULL;
        int r;

        judge = calloc(1, sizeof(*judge));
        if (!judge)
                return -ENOMEM;

        judge->machine = machine;
        judge->done = done;
        judge->userdata = userdata;
        judge->usage = calloc(blocks->n_numbers ? blocks->n_numbers : 1, sizeof(*judge->usage));
        if (!judge->usage)
                return -ENOMEM;
        r = block_set_copy(blocks, &judge->blocks);
        if (r < 0)
                return r;
        if (dimm) {
                judge->dimm = strdup(dimm);
                if (!judge->dimm)
                        return -ENOMEM;
        }

        r = sd_event_add_defer(machine->event, &judge->source, on_idle, judge);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(judge->source, SD_EVENT_ON);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(judge->source, SD_EVENT_PRIORITY_IDLE);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(judge);
        return 0;
}

struct judge *judge_free(struct judge *judge)
{
        if (!judge)
                return NULL;

        sd_event_source_disable_unref(judge->source);
        block_set_clear(&judge->blocks);
        free(judge->dimm);
        free(judge->usage);
        free(judge);
        return NULL;
}
