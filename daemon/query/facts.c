/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/facts.h"

#include "daemon/core/node_cgroup.h"
#include "daemon/module/module.h"
#include "daemon/pages/cma.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <string.h>

/* A plan is wanted soon, and can be made without memctl.ko. */
#define STALL_USEC (5 * UINT64_C(1000000))

struct facts_task {
        struct machine *machine;
        bool place;
        struct helper *helper;
        facts_done_t done;
        void *userdata;
};

void facts_clear(struct facts *facts)
{
        headroom_clear(&facts->room);
        free(facts->no_fence);
        free(facts->no_place);
        reservation_list_clear(&facts->reservations);
        *facts = (struct facts){ 0 };
}

static bool can_fence(const struct tree *tree, char **why_not)
{
        struct module_info module;
        int r = module_read(tree, &module, why_not);

        if (r > 0 && (module.abilities & MEMCTL_ABILITY_FENCE))
                return true;
        if (r == 0)
                *why_not = strdup("memctl.ko is not loaded");
        return false;
}

/* Its lists follow: here are only their addresses, of another process. */
static void put_room(struct packet *packet, const struct headroom *room)
{
        packet_put(packet, room, sizeof(*room));
        packet_put_array(packet, room->zones, room->n_zones, sizeof(*room->zones));
        packet_put_array(packet, room->huge, room->n_huge, sizeof(*room->huge));
        packet_put_array(packet, room->promises, room->n_promises, sizeof(*room->promises));
}

static void get_room(struct packet_reader *reader, struct headroom *ret)
{
        packet_get(reader, ret, sizeof(*ret));
        ret->zones = packet_get_array(reader, sizeof(*ret->zones), &ret->n_zones);
        ret->huge = packet_get_array(reader, sizeof(*ret->huge), &ret->n_huge);
        ret->promises = packet_get_array(reader, sizeof(*ret->promises), &ret->n_promises);
}

static int read_cma(struct tree *tree, uint64_t *ret)
{
        struct cma_areas areas;
        int r;

        r = cma_read(tree, false, &areas);
        if (r < 0)
                return r;
        if (areas.all.total_bytes != CMA_NOT_TOLD)
                *ret = areas.all.total_bytes;
        cma_clear(&areas);
        return 0;
}

static int work(void *userdata, struct packet *answer, char **message)
{
        _cleanup_(facts_clear) struct facts facts = { 0 };
        struct facts_task *task = userdata;
        struct tree *tree = task->machine->tree;
        _cleanup_free_ char *why_not = NULL;
        int r;

        (void) message;

        r = headroom_read(tree, &facts.room);
        if (r < 0)
                return r;
        r = read_cma(tree, &facts.cma_bytes);
        if (r < 0)
                return r;
        history_read(tree->root_fd, HISTORY_FILE + 1, &facts.history);
        put_room(answer, &facts.room);
        packet_put(answer, &facts.history, sizeof(facts.history));
        packet_put_u64(answer, facts.cma_bytes);
        helper_gets_on(1);
        if (task->place)
                facts.can_place = !tree->live || node_cgroup_check(&facts.no_place) >= 0;
        packet_put(answer, &facts.can_place, sizeof(facts.can_place));
        packet_put_string(answer, facts.no_place);
        /* should memctl.ko not answer, the rest counts */
        r = helper_tell(answer);
        if (r < 0)
                return r;
        facts.can_fence = can_fence(tree, &facts.no_fence);
        packet_put(answer, &facts.can_fence, sizeof(facts.can_fence));
        packet_put_string(answer, facts.no_fence);
        if (facts.can_fence)
                (void) reservation_list_read(tree, &facts.reservations, &why_not);
        packet_put_array(answer, facts.reservations.items, facts.reservations.n,
                         sizeof(*facts.reservations.items));
        return 0;
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct packet_reader *answer = result->answer;
        struct facts_task *task = userdata;
        struct facts facts = { 0 };
        int r = result->error == -ETIMEDOUT && answer ? 0 : result->error;

        if (r >= 0) {
                get_room(answer, &facts.room);
                packet_get(answer, &facts.history, sizeof(facts.history));
                facts.cma_bytes = packet_get_u64(answer);
                packet_get(answer, &facts.can_place, sizeof(facts.can_place));
                facts.no_place = packet_get_string(answer);
                r = answer->error;
        }
        if (r >= 0 && result->error >= 0) {
                packet_get(answer, &facts.can_fence, sizeof(facts.can_fence));
                facts.no_fence = packet_get_string(answer);
                facts.reservations.items =
                        packet_get_array(answer, sizeof(*facts.reservations.items), &facts.reservations.n);
                r = answer->error;
        } else if (r >= 0)
                facts.no_fence = strdup("memctl.ko does not answer");
        if (r < 0)
                facts_clear(&facts);
        task->done(task->userdata, r, &facts);
}

int facts_task_new(struct machine *machine, bool place, facts_done_t done, void *userdata,
                   struct facts_task **ret)
{
        static const struct machine_work facts_work = {
                .name = "memctld-facts", .work = work, .stall_usec = STALL_USEC,
        };
        _cleanup_(facts_task_freep) struct facts_task *task = calloc(1, sizeof(*task));
        int r;

        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->place = place;
        task->done = done;
        task->userdata = userdata;
        r = machine_help(machine, &facts_work, task, on_done, task, &task->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

struct facts_task *facts_task_free(struct facts_task *task)
{
        if (!task)
                return NULL;

        helper_free(task->helper);
        free(task);
        return NULL;
}
