/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A round: the pools of the nodes grow, some pages a write.
 */
#include "basic/saturated.h"
#include "daemon/core/crash.h"
#include "daemon/operation/hugepages/hugepages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int on_pause(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct hugepages *self = userdata;

        (void) source, (void) usec;

        self->tick = sd_event_source_disable_unref(self->tick);
        hugepages_post(self, HUGEPAGES_EVENT_GO_ON);
        return 0;
}

int hugepages_journal(void *userdata)
{
        struct hugepages *self = userdata;
        const struct block_set none = { 0 };
        const struct journal_entry entry = {
                .id = self->job->id,
                .verb = JOB_HUGEPAGES,
                .target = self->job->target,
                .options = OFFLINE_OPTIONS_NONE,
                .deadline = self->job->deadline,
                .blocks = &none,
                .huge_page_size = self->wish.size,
        };
        _cleanup_free_ char *message = NULL;
        int r;

        if (self->journal)
                return HUGEPAGES_EVENT_BEGUN;
        r = journal_begin(self->machine->tree->root_fd, &entry, &self->journal, &message);
        if (r == -EAGAIN && ++self->journal_tries < JOURNAL_LOCK_TRIES &&
            machine_after(self->machine, JOURNAL_LOCK_USEC, on_pause, self, &self->tick) >= 0)
                return COURSE_LATER;
        crash_at(CRASH_PLANNED);
        if (r >= 0)
                return HUGEPAGES_EVENT_BEGUN;
        hugepages_reason(self, REASON_HUGE_PAGES_FAILED, message ? message : strerror(-r));
        hugepages_end_as(self, JOB_RESULT_FAILED);
        return HUGEPAGES_EVENT_FAILED;
}

/* A node that is not there any more, or that nobody asked for, is not asked. */
static int share_out(struct hugepages *self, const struct huge_pool *pool)
{
        for (size_t i = 0; i < self->n_nodes; i++)
                self->nodes[i].dry = true;
        for (size_t i = 0; i < pool->n_nodes; i++) {
                struct hugepages_node *node = hugepages_node(self, pool->nodes[i].node);

                if (!node)
                        return -ENOMEM;
                node->pieces = pool->nodes[i].pieces;
                node->dry = false;
        }
        hugepages_share(self->nodes, self->n_nodes, self->goal - hugepages_added(self));
        return 0;
}

int hugepages_share_out(void *userdata)
{
        struct hugepages *self = userdata;
        _cleanup_(huge_pool_clear) struct huge_pool pool = { 0 };
        _cleanup_free_ char *message = NULL;
        int r = huge_pool_read(self->machine->tree, self->wish.size, self->wish.node, &pool, &message);

        if (r >= 0)
                r = share_out(self, &pool);
        if (r >= 0)
                return HUGEPAGES_EVENT_SHARED;
        hugepages_reason(self, REASON_HUGE_PAGES_FAILED, message ? message : strerror(-r));
        hugepages_end_as(self, JOB_RESULT_FAILED);
        return HUGEPAGES_EVENT_FAILED;
}

static bool find_share(struct hugepages *self)
{
        for (size_t i = 0; i < self->n_nodes; i++)
                if (self->nodes[i].share > 0) {
                        self->at = i;
                        return true;
                }
        return false;
}

/* What a node does not give is asked of the others. */
int hugepages_choose(void *userdata)
{
        struct hugepages *self = userdata;

        if (find_share(self))
                return HUGEPAGES_EVENT_WRITE;
        hugepages_share(self->nodes, self->n_nodes, self->goal - hugepages_added(self));
        return find_share(self) ? HUGEPAGES_EVENT_WRITE : HUGEPAGES_EVENT_ROUND;
}

int hugepages_write(void *userdata)
{
        struct hugepages *self = userdata;
        struct hugepages_node *node = &self->nodes[self->at];
        struct huge_pool_counts counts = { 0 };
        uint64_t step = hugepages_step(node->share, self->wish.size, self->gigantic);
        int r = huge_pool_count(self->machine->tree, self->wish.size, node->node, &counts);

        if (r >= 0) {
                if (!node->written)
                        node->before = counts.persistent;
                node->written = true;
                self->from = counts.persistent;
                self->to = counts.persistent + step;
                r = hugepages_begin_write(self);
        }
        if (r >= 0)
                return COURSE_LATER;
        hugepages_reason(self, REASON_HUGE_PAGES_FAILED, strerror(-r));
        hugepages_end_as(self, JOB_RESULT_FAILED);
        return HUGEPAGES_EVENT_FAILED;
}

void hugepages_grown(struct hugepages *self, int error)
{
        struct hugepages_node *node = &self->nodes[self->at];
        uint64_t step = self->to - self->from, came = hugepages_end_write(self);

        node->added += came;
        node->pieces = subtract_to_zero(node->pieces, came);
        /* the kernel gives what it has, without an error: more is not to be had there now */
        node->dry = came < step;
        node->share = node->dry ? 0 : node->share - step;
        if (error < 0 && error != -EINTR)
                self->write_error = error;
        hugepages_tell(self);
        hugepages_post(self, HUGEPAGES_EVENT_WRITTEN);
}

int hugepages_stop_write(void *userdata)
{
        struct hugepages *self = userdata;

        pool_write_abort(self->write);
        return COURSE_LATER;
}

int hugepages_judge(void *userdata)
{
        struct hugepages *self = userdata;
        uint64_t added = hugepages_added(self);

        switch (hugepages_next(self->goal, added, self->gigantic, &self->so_far)) {
        case HUGEPAGES_REACHED:
                return added >= self->wish.count ? HUGEPAGES_EVENT_REACHED : HUGEPAGES_EVENT_OVER;
        case HUGEPAGES_AGAIN:
                return HUGEPAGES_EVENT_AGAIN;
        case HUGEPAGES_OVER:
        default:
                return HUGEPAGES_EVENT_OVER;
        }
}
