/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/write_queue.h"

#include <stddef.h>

bool write_queue_take(struct write_queue *queue, struct turn *turn)
{
        struct turn **last = &queue->first;

        if (!turn->queued) {
                while (*last)
                        last = &(*last)->next;
                *last = turn;
                turn->next = NULL;
                turn->queued = true;
        }
        return queue->first == turn;
}

void write_queue_give(struct write_queue *queue, struct turn *turn)
{
        struct turn **at = &queue->first;
        bool had = queue->first == turn;

        if (!turn->queued)
                return;
        while (*at != turn)
                at = &(*at)->next;
        *at = turn->next;
        turn->queued = false;
        if (had && queue->first)
                queue->first->ready(queue->first->userdata);
}
