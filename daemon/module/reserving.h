/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reservations of contiguous memory, for a loop: a helper looks for each one's place, RESERVING_MAX at a
 * time, the others wait for their turn. What is claimed by jobs that take memory away is left out, and
 * what was reserved in it all the same, because the job began meanwhile, is given back and looked for anew.
 */
#ifndef MEMCTL_MODULE_RESERVING_H
#define MEMCTL_MODULE_RESERVING_H

#include "daemon/module/reserver.h"

#include <systemd/sd-event.h>

/* At work at a time. */
#define RESERVING_MAX 8

struct reserving_queue;
struct reserving;

/*
 * What must not be reserved now: ascending, apart; to be freed by who asks. 0 or -errno. NULL: nothing.
 */
typedef int (*reserving_exclude_t)(void *userdata, struct pfn_range **ret, size_t *ret_n);

/* The loop and the tree must outlive it. 0 or -ENOMEM. */
int reserving_queue_new(sd_event *event, const struct tree *tree, reserving_exclude_t exclude,
                        void *userdata, struct reserving_queue **ret);

/* Nobody may wait in it any more. */
struct reserving_queue *reserving_queue_free(struct reserving_queue *queue);
DEFINE_CLEANUP(struct reserving_queue *, reserving_queue_free)

/*
 * error as of reserver_reserve(), -ETIMEDOUT: a place was being tried for a minute; message says why, or is
 * NULL. Else what was reserved, and the connection, which is the handler's; with a name it is of no use.
 */
typedef void (*reserving_done_t)(void *userdata, int error, const char *message,
                                 const struct reservation_step *what, struct reserver *reserver);

/*
 * Has it reserved; the wish's excluded ranges are of no matter. done is called once, from the loop; the
 * reserving may be freed from within. 0, or -errno as of reserver_new() and helper_new(), with *message set
 * or NULL.
 */
int reserving_new(struct reserving_queue *queue, const struct reserver_wish *wish, reserving_done_t done,
                  void *userdata, struct reserving **ret, char **message);

/* Gives up what is not done yet: what is reserved all the same, with a name, too, ends. */
struct reserving *reserving_free(struct reserving *reserving);
DEFINE_CLEANUP(struct reserving *, reserving_free)

/* As reserver_free(), but does not wait for the end of what is reserved. NULL is nothing. */
void reserving_end(struct reserver *reserver);

#endif
