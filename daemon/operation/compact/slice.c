/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/compact/slice.h"

#include "basic/clock.h"
#include "basic/file.h"
#include "basic/message.h"
#include "daemon/machine/buddy.h"
#include "daemon/machine/huge_order.h"
#include "daemon/module/compact.h"
#include "daemon/module/module.h"
#include "daemon/plan/fragmentation.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define USEC_PER_SEC UINT64_C(1000000)

#define SLICE_USEC USEC_PER_SEC

/* One place, or for the kernel's own compaction one node. */
#define STALL_USEC (60 * USEC_PER_SEC)

struct slice {
        struct machine *machine;
        struct slice_wish wish;
        struct helper *helper;
        slice_done_t done;
        void *userdata;
};

/* In the helper. */
struct job_of_slice {
        const struct slice *slice;
        struct slice_result result;
        unsigned int huge_order; /* of a huge page, as a page block has it */
        uint64_t until_usec;
};

/* Free pieces of the order, and all that is free. 0 or -errno with *message set. */
static int look(const struct slice *slice, unsigned int *order_at, struct buddy *buddy, uint64_t *ret_pieces,
                uint64_t *ret_pages, char **message)
{
        unsigned int order = *order_at;
        uint64_t free[BUDDY_ORDERS_MAX];
        int r = buddy_read(slice->machine->tree, buddy, message);

        if (r < 0)
                return r;
        if (!buddy_add_up(buddy, slice->wish.node, free))
                return fail(message, -ENOENT, "node %d: there is no such node with memory",
                            slice->wish.node);
        if (slice->wish.order < 0 && order >= buddy->n_orders) /* of gigantic pages by default */
                order = buddy->n_orders - 1;
        if (order >= buddy->n_orders)
                return fail(message, -EINVAL, "order %u: accepted on this kernel are 0 to %u", order,
                            buddy->n_orders - 1);
        *order_at = order;
        *ret_pieces = fragmentation_pieces(free, buddy->n_orders, order);
        *ret_pages = fragmentation_pages(free, buddy->n_orders);
        return 0;
}

static int tell(const struct slice_result *result)
{
        struct packet packet = { 0 };
        int r;

        packet_put(&packet, result, sizeof(*result));
        r = packet.error < 0 ? packet.error : helper_tell(&packet);
        packet_clear(&packet);
        return r;
}

static bool go_on(const struct compaction_step *step, void *userdata)
{
        struct job_of_slice *job = userdata;

        job->result.cpu_usec = clock_usec(CLOCK_PROCESS_CPUTIME_ID);
        helper_gets_on(step->emptied + step->moved + step->failed + 1);
        (void) tell(&job->result);
        return clock_usec(CLOCK_MONOTONIC) < job->until_usec &&
               (job->slice->wish.cpu_usec == 0 || job->result.cpu_usec < job->slice->wish.cpu_usec);
}

static enum compact_slice_end end_of(enum memctl_compact_end end)
{
        switch (end) {
        case MEMCTL_COMPACT_ENOUGH:
                return SLICE_ENOUGH;
        case MEMCTL_COMPACT_ALL:
                return SLICE_ALL;
        case MEMCTL_COMPACT_NO_ROOM:
                return SLICE_NO_ROOM;
        default:
                return SLICE_TIME;
        }
}

/* A place is a page block at least, which is many pieces of a small order. */
static uint64_t places_of(const struct job_of_slice *job, uint64_t pieces)
{
        unsigned int block = job->huge_order, order = job->result.order;
        unsigned int shift = order < block && block < 32 ? block - order : 0;

        return (pieces >> shift) + ((pieces & ((UINT64_C(1) << shift) - 1)) > 0);
}

static int by_module(struct job_of_slice *job, char **message)
{
        const struct slice_wish *wish = &job->slice->wish;
        const struct compaction_wish asked = {
                .order = job->result.order,
                .node = wish->node,
                .cursor = wish->cursor,
                .places = wish->until > 0 ? places_of(job, wish->until - job->result.slice.before) : 0,
        };
        struct compaction_step step;
        int r;

        job->until_usec = clock_usec(CLOCK_MONOTONIC) + SLICE_USEC;
        r = compaction_run(&asked, go_on, job, &step, message);
        job->result.slice.end = end_of(step.end);
        job->result.slice.cursor = step.cursor;
        return r;
}

static int compact_node(int node, char **message)
{
        _cleanup_close_ int fd = -1;
        char path[64];
        int r;

        (void) snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/compact", node);
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        r = fd < 0 ? -errno : file_write_value(fd, "1");
        return r < 0 ? fail(message, r, "%s: %s", path, strerror(-r)) : 0;
}

static int by_kernel(struct job_of_slice *job, const struct buddy *buddy, char **message)
{
        int last = -1, r = 0;

        for (size_t i = 0; r >= 0 && i < buddy->n_zones; i++) {
                int node = buddy->zones[i].node;

                if (node == last || (job->slice->wish.node >= 0 && node != job->slice->wish.node))
                        continue;
                last = node;
                r = compact_node(node, message);
                helper_gets_on(i + 1);
        }
        job->result.slice.end = SLICE_ALL;
        return r;
}

static int compact(struct job_of_slice *job, const struct buddy *buddy, char **message)
{
        _cleanup_free_ char *why = NULL;
        int r = module_is_loaded(job->slice->machine->tree) ? by_module(job, &why) : -EOPNOTSUPP;

        if (r == -EOPNOTSUPP)
                return by_kernel(job, buddy, message);
        if (r < 0)
                *message = TAKE_PTR(why);
        return r;
}

static int work(void *userdata, struct packet *answer, char **message)
{
        _cleanup_(buddy_clear) struct buddy before = { 0 }, after = { 0 };
        struct job_of_slice job = { .slice = userdata };
        struct slice_result *result = &job.result;
        int r;

        job.huge_order = huge_order_read(job.slice->machine->tree);
        result->order = job.slice->wish.order >= 0 ? (unsigned int) job.slice->wish.order : job.huge_order;
        r = look(job.slice, &result->order, &before, &result->slice.before, &result->free_pages, message);
        if (r < 0)
                return r;
        result->slice.after = result->slice.before;
        result->slice.end = SLICE_ENOUGH;
        result->compacted = !job.slice->wish.only_look;
        if (result->compacted &&
            (job.slice->wish.until == 0 || result->slice.before < job.slice->wish.until))
                r = compact(&job, &before, message);
        if (r >= 0 && result->compacted)
                r = look(job.slice, &result->order, &after, &result->slice.after, &result->free_pages,
                         message);
        result->cpu_usec = clock_usec(CLOCK_PROCESS_CPUTIME_ID);
        if (r < 0)
                (void) tell(result);
        packet_put(answer, result, sizeof(*result));
        return r;
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct slice *slice = userdata;
        struct slice_result done = { 0 };
        const char *message = result->message;
        int r = result->error;

        if (result->answer) {
                packet_get(result->answer, &done, sizeof(done));
                if (r >= 0)
                        r = result->answer->error;
        }
        if (r == -ETIMEDOUT)
                message = "the kernel has been at one place for a minute: something there does not move";
        slice->done(slice->userdata, r, message, &done);
}

int slice_new(struct machine *machine, const struct slice_wish *wish, slice_done_t done, void *userdata,
              struct slice **ret)
{
        static const struct machine_work compact_work = {
                .name = "memctld-compact",
                .work = work,
                .stall_usec = STALL_USEC,
        };
        _cleanup_(slice_freep) struct slice *slice = calloc(1, sizeof(*slice));
        int r;

        if (!slice)
                return -ENOMEM;
        slice->machine = machine;
        slice->wish = *wish;
        slice->done = done;
        slice->userdata = userdata;
        r = machine_help(machine, &compact_work, slice, on_done, slice, &slice->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(slice);
        return 0;
}

struct slice *slice_free(struct slice *slice)
{
        if (!slice)
                return NULL;

        helper_free(slice->helper);
        free(slice);
        return NULL;
}
