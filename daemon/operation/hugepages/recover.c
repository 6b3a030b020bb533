/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A memctld died in it: what it had added is taken out again.
 */
#include "basic/saturated.h"
#include "daemon/core/crash.h"
#include "daemon/operation/hugepages/hugepages.h"

#include <stdlib.h>

/* A dead memctld's worker ends with the write it is in, and that with its next look at signals. */
#define WORKERS_LOOK_USEC (20 * UINT64_C(1000))

/* What has come of a write that was under way is read now. */
static void take(struct hugepages *self, const struct journal_pool *pool)
{
        struct hugepages_node *node = hugepages_node(self, pool->node);
        struct huge_pool_counts counts = { .persistent = pool->to };
        uint64_t changed;

        if (!node)
                return; /* memory is short, and they stay */
        node->before = pool->before;
        node->added = pool->added;
        node->written = true;
        if (!pool->writing)
                return;
        (void) huge_pool_count(self->machine->tree, self->wish.size, pool->node, &counts);
        changed = hugepages_changed(pool->from, pool->to, counts.persistent);
        node->added = pool->to > pool->from ? add_saturated(node->added, changed)
                                            : subtract_to_zero(node->added, changed);
}

static void take_over(struct hugepages *self)
{
        crash_at(CRASH_RECOVER);
        for (size_t i = 0; i < self->found->n_pools; i++)
                take(self, &self->found->pools[i]);
        self->found = journal_found_free(self->found);
        hugepages_reason(self, REASON_INTERRUPTED,
                         "memctld died in this job: what it had begun is put back");
        hugepages_end_as(self, JOB_RESULT_FAILED);
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct hugepages *self = userdata;

        (void) source, (void) usec;

        self->tick = sd_event_source_disable_unref(self->tick);
        if (!journal_workers_gone(self->journal)) {
                hugepages_post(self, HUGEPAGES_EVENT_GO_ON);
                return 0;
        }
        take_over(self);
        hugepages_post(self, HUGEPAGES_EVENT_GO_BACK);
        return 0;
}

int hugepages_recover(void *userdata)
{
        struct hugepages *self = userdata;

        if (machine_after(self->machine, WORKERS_LOOK_USEC, on_look, self, &self->tick) >= 0)
                return COURSE_LATER;
        take_over(self); /* without a timer it cannot be waited for */
        return HUGEPAGES_EVENT_GO_BACK;
}
