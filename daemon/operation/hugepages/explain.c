/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Not as many came as were asked for: how many did, and what stands in the way of more.
 */
#include "basic/saturated.h"
#include "daemon/machine/text.h"
#include "daemon/operation/hugepages/hugepages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void on_reason(void *userdata, const struct reason *reason)
{
        struct hugepages *self = userdata;

        job_reason(self->job, reason);
}

static void on_note(void *userdata, const char *text)
{
        struct hugepages *self = userdata;

        job_note(self->job, "%s", text);
}

static void on_done(void *userdata)
{
        hugepages_post(userdata, HUGEPAGES_EVENT_EXPLAINED);
}

static void say_how_many(struct hugepages *self)
{
        const char *error = self->write_error == -ETIMEDOUT ? "the kernel was at one page for a minute"
                            : self->write_error < 0         ? strerror(-self->write_error)
                                                            : NULL;
        char text[160];

        (void) snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " could be had%s%s",
                        hugepages_added(self), self->wish.count, error ? ", and then: " : "",
                        error ? error : "");
        hugepages_reason(self, REASON_HUGE_PAGES_FAILED, text);
}

/* Where all that is free, in whatever pieces, is less than what is missing. */
static void say_no_memory(struct hugepages *self)
{
        _cleanup_(huge_pool_clear) struct huge_pool pool = { 0 };
        _cleanup_free_ char *message = NULL;
        struct reason reason = {
                .code = REASON_NOT_ENOUGH_MEMORY,
                .block = REASON_NO_BLOCK,
                .needed_bytes =
                        multiply_saturated(self->wish.count - hugepages_added(self), self->wish.size),
        };

        if (self->goal < self->wish.count ||
            huge_pool_read(self->machine->tree, self->wish.size, self->wish.node, &pool, &message) < 0)
                return; /* or it is said already */
        reason.available_bytes = multiply_saturated(pool.free_pages, self->machine->tree->page_size);
        if (reason.needed_bytes > reason.available_bytes)
                job_reason(self->job, &reason);
}

/* A pool grows by pages of nodes that the one who writes may use: a container of memctld's may bound that.
 */
static void say_forbidden(struct hugepages *self)
{
        static const char key[] = "Mems_allowed_list:";
        _cleanup_free_ char *status = text_read(AT_FDCWD, "/proc/self/status");
        const char *list = status ? strstr(status, key) : NULL;

        if (!list)
                return;
        list += sizeof(key) - 1;
        list += strspn(list, " \t");
        for (size_t i = 0; i < self->n_nodes; i++)
                if (self->nodes[i].node >= 0 && !hugepages_list_has(list, self->nodes[i].node))
                        job_note(self->job, "memctld may use no memory of node %d: its cpuset is %.*s",
                                 self->nodes[i].node, (int) strcspn(list, "\n"), list);
}

int hugepages_explain(void *userdata)
{
        static const struct in_the_way_owner owner = { on_reason, on_note, on_done };
        struct hugepages *self = userdata;

        say_how_many(self);
        say_no_memory(self);
        say_forbidden(self);
        hugepages_end_as(self, JOB_RESULT_FAILED);
        return in_the_way_new(self->machine, self->wish.node, &owner, self, &self->in_the_way) < 0
                       ? (int) HUGEPAGES_EVENT_EXPLAINED
                       : COURSE_LATER;
}

void hugepages_end_explain(void *userdata)
{
        struct hugepages *self = userdata;

        self->in_the_way = in_the_way_free(self->in_the_way);
}
