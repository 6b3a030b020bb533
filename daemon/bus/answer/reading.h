/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that are answered with what a reading (query/reading.h) has found.
 */
#ifndef MEMCTL_BUS_READING_H
#define MEMCTL_BUS_READING_H

#include "daemon/query/reading.h"

#include <systemd/sd-bus.h>

struct server;

struct reading_reply {
        /* What the answer is worth, before there is a reply: 0, or -errno with *message set or NULL. NULL:
         * all is well. */
        int (*check)(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                     char **message);

        /* Puts it into the reply, full: for who may see all. 0 or -errno. NULL: there is nothing to put. */
        int (*append)(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                      const struct reading_answer *answer, bool full);
};

/* reply is static. Positive: the call will be answered; or -errno with error set. */
int bus_answer_reading(struct server *server, sd_bus_message *m, enum reading_what what,
                       const struct reading_reply *reply, sd_bus_error *error);

/* The same where some are told more; name: of the one thing that is read about, or NULL. */
int bus_answer_reading_told(struct server *server, sd_bus_message *m, enum reading_what what,
                            const char *name, const struct reading_reply *reply, bool full,
                            sd_bus_error *error);

#endif
