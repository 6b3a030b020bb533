/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Before each round: how many pieces there are.
 */
#include "basic/saturated.h"
#include "daemon/operation/hugepages/hugepages.h"

#include <stdlib.h>

static int on_begin(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct hugepages *self = userdata;

        (void) source, (void) usec;

        self->tick = sd_event_source_disable_unref(self->tick);
        job_set_state(self->job, JOB_RUNNING);
        hugepages_post(self, HUGEPAGES_EVENT_GO_ON);
        return 0;
}

int hugepages_begin(void *userdata)
{
        struct hugepages *self = userdata;

        /* from the loop, so that the caller has the job before it may be over; without the timer: at once */
        if (machine_after(self->machine, 0, on_begin, self, &self->tick) < 0)
                return HUGEPAGES_EVENT_GO_ON;
        return COURSE_LATER;
}

void hugepages_no_tick(void *userdata)
{
        struct hugepages *self = userdata;

        self->tick = sd_event_source_disable_unref(self->tick);
}

static uint64_t pieces_of(const struct huge_pool *pool)
{
        uint64_t pieces = 0;

        for (size_t i = 0; i < pool->n_nodes; i++)
                pieces = add_saturated(pieces, pool->nodes[i].pieces);
        return pieces;
}

static void take_first(struct hugepages *self, const struct huge_pool *pool)
{
        uint64_t before = 0;

        for (size_t i = 0; i < pool->n_nodes; i++) {
                before = add_saturated(before, pool->nodes[i].counts.persistent);
                self->surplus = add_saturated(self->surplus, pool->nodes[i].counts.surplus);
        }
        self->looked = true;
        self->order = pool->order;
        self->gigantic = pool->gigantic;
        self->goal = self->wish.count;
        job_set_figure(self->job, FIGURE_BEFORE, before);
        if (!pool->gigantic)
                job_set_figure(self->job, FIGURE_POSSIBLE_BEFORE, pieces_of(pool));
        hugepages_tell(self);
}

/* The last page, which others need, is not taken. Surplus pages are there already. False: not all can be
 * had, and some are not wanted. */
static bool check_room(struct hugepages *self)
{
        uint64_t room = add_saturated(huge_pool_room(self->machine->tree, self->wish.node),
                                      multiply_saturated(self->surplus, self->wish.size));
        const struct reason reason = {
                .code = REASON_NOT_ENOUGH_MEMORY,
                .block = REASON_NO_BLOCK,
                .needed_bytes = multiply_saturated(self->wish.count, self->wish.size),
                .available_bytes = room,
        };

        if (reason.needed_bytes <= room)
                return true;
        job_reason(self->job, &reason);
        self->goal = room / self->wish.size;
        return self->partial && self->goal > 0;
}

int hugepages_look(void *userdata)
{
        struct hugepages *self = userdata;
        _cleanup_(huge_pool_clear) struct huge_pool pool = { 0 };
        _cleanup_free_ char *message = NULL;
        uint64_t pieces;
        int r = huge_pool_read(self->machine->tree, self->wish.size, self->wish.node, &pool, &message);

        if (r < 0) {
                hugepages_reason(self, REASON_HUGE_PAGES_FAILED, message);
                hugepages_end_as(self, JOB_RESULT_FAILED);
                return HUGEPAGES_EVENT_FAILED;
        }
        if (!self->looked) {
                take_first(self, &pool);
                if (!check_room(self)) {
                        hugepages_end_as(self, JOB_RESULT_REFUSED);
                        return HUGEPAGES_EVENT_REFUSED;
                }
        }
        pieces = pieces_of(&pool);
        self->until = hugepages_until(self->goal - hugepages_added(self), pieces, self->so_far.rounds);
        return self->gigantic || pieces >= self->until ? HUGEPAGES_EVENT_READY : HUGEPAGES_EVENT_SHORT;
}
