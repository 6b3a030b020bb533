/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a plan goes by besides the blocks: room, past jobs, what memctl.ko and the kernel can do. Read in a
 * process of its own: memctl.ko answers when others let go of generic netlink.
 */
#ifndef MEMCTL_QUERY_FACTS_H
#define MEMCTL_QUERY_FACTS_H

#include "daemon/machine/headroom.h"
#include "daemon/machine/history.h"
#include "daemon/machine/machine.h"
#include "daemon/module/reservation.h"

struct facts {
        struct headroom room;
        struct history history;
        uint64_t cma_bytes; /* of all CMA areas; 0: none, or that is not told */
        bool can_fence;
        char *no_fence; /* why not, or NULL */
        struct reservation_list reservations; /* none where memctl.ko does not tell */
        bool can_place; /* only where it was asked for */
        char *no_place; /* likewise */
};

void facts_clear(struct facts *facts);

struct facts_task;

/* The facts are the handler's to keep (take them) or to clear. error: -errno, and they are empty. */
typedef void (*facts_done_t)(void *userdata, int error, struct facts *facts);

/*
 * Starts to read them; place: also whether pages can be made to go to one node. done is called once, from
 * the loop; the task may be freed from within.
 */
int facts_task_new(struct machine *machine, bool place, facts_done_t done, void *userdata,
                   struct facts_task **ret);
struct facts_task *facts_task_free(struct facts_task *task);
DEFINE_CLEANUP(struct facts_task *, facts_task_free)

#endif
