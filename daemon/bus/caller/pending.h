/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls whose answer takes a while: what they wait for ends with the answer, with the caller, or with the
 * daemon, whichever comes first.
 */
#ifndef MEMCTL_BUS_PENDING_H
#define MEMCTL_BUS_PENDING_H

#include "basic/cleanup.h"
#include "daemon/bus/caller/client.h"

#include <systemd/sd-bus.h>

struct server;

struct pending {
        struct server *server;
        sd_bus_message *call;
        void *task; /* what is waited for */
        void (*free_task)(void *task);
        struct client client;
        struct pending *next, *previous;
};

/*
 * Takes note of the call. Until there is a task it is the caller's to free. 0; or -errno, with error set
 * when the sender has too many under way: each of them reads much.
 */
int pending_new(struct server *server, sd_bus_message *m, struct pending **ret, sd_bus_error *error);

/* The same for calls that are counted as something else. */
int pending_new_as(struct server *server, sd_bus_message *m, enum caller_has what, struct pending **ret,
                   sd_bus_error *error);

/* Frees the task with it, and does not answer. */
struct pending *pending_free(struct pending *pending);
DEFINE_CLEANUP(struct pending *, pending_free)

/* From now on the task is waited for; free_task() takes it. Positive: the call will be answered. */
int pending_wait(struct pending *pending, void *task, void (*free_task)(void *task));

/* Puts the values of an answer into the reply. 0 or -errno. */
typedef int (*pending_append_t)(sd_bus_message *reply, const void *what);

/*
 * Answers with what append() makes of what, when r is not negative; else, or when that fails, with an error
 * of r and the message (or NULL).
 */
void pending_answer(struct pending *pending, int r, const char *message, pending_append_t append,
                    const void *what);

/* All of a server that ends. */
void pending_free_all(struct server *server);

#endif
