/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leases on the LRU caches, for a loop: taking one waits until every CPU has emptied its caches, and ending
 * one may wait for another's taking, so threads do both. They are threads, and no helpers, because the
 * kernel tells everybody whose process has asked for a lease.
 */
#ifndef MEMCTL_MODULE_LEASING_H
#define MEMCTL_MODULE_LEASING_H

#include "daemon/module/lease.h"

#include <systemd/sd-event.h>

struct leasing;

/*
 * The lease is the handler's; with an error, as of lease_take() or -ETIMEDOUT, it is NULL, and message says
 * why or is NULL.
 */
typedef void (*leasing_done_t)(void *userdata, int error, const char *message, struct lease *lease);

/*
 * Starts to take a lease; usec, and errors, as lease_take(): those that need no kernel are returned at once,
 * with *message. done is called once, from the loop; the leasing may be freed from within. The tree must
 * outlive it.
 */
int leasing_new(sd_event *event, const struct tree *tree, uint64_t usec, leasing_done_t done, void *userdata,
                struct leasing **ret, char **message);

/* Gives up what is not done yet: a lease that the kernel gives all the same ends at once. */
struct leasing *leasing_free(struct leasing *leasing);
DEFINE_CLEANUP(struct leasing *, leasing_free)

/* As lease_free(), but does not wait for its end. NULL is nothing. */
void leasing_end(struct lease *lease);

#endif
