/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose turn it is to write a block's state. The kernel does one such write at a time and lets the others
 * try again and again, in no order: a job would wait for all of another's blocks, and take that for a block
 * that is stuck. So the jobs of this memctld stand in a queue. Loop only.
 */
#ifndef MEMCTL_CORE_WRITE_QUEUE_H
#define MEMCTL_CORE_WRITE_QUEUE_H

#include <stdbool.h>

/* One who takes turns; zeroed, with the first two set. */
struct turn {
        void (*ready)(void *userdata); /* it is this one's turn now; may take and give again from within */
        void *userdata;
        bool queued;
        struct turn *next;
};

struct write_queue {
        struct turn *first; /* whose turn it is */
};

/* True: it is this one's turn, from before or from now on. False: ready() will be called when it is. */
bool write_queue_take(struct write_queue *queue, struct turn *turn);

/* Ends the turn, or the wait for one. Without effect for one that does neither. */
void write_queue_give(struct write_queue *queue, struct turn *turn);

#endif
