/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/reading.h"

#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"

#include <errno.h>

struct bus_reading {
        struct pending *pending; /* the owner */
        struct reading *reading;
        const struct reading_reply *reply;
        const struct reading_answer *answer; /* while there is one */
        bool full;
};

static void free_reading(void *userdata)
{
        struct bus_reading *reading = userdata;

        reading_free(reading->reading);
        free(reading);
}

static int append(sd_bus_message *reply, const void *what)
{
        const struct bus_reading *reading = what;
        const struct pending *pending = reading->pending;

        if (!reading->reply->append)
                return 0;
        return reading->reply->append(pending->server, pending->call, reply, reading->answer, reading->full);
}

static void on_read(void *userdata, int error, const char *why, struct reading_answer *answer)
{
        struct bus_reading *reading = userdata;
        _cleanup_(pending_freep) struct pending *pending = reading->pending;
        _cleanup_free_ char *message = NULL;
        int r = error;

        reading->answer = answer;
        if (r >= 0 && reading->reply->check)
                r = reading->reply->check(pending->server, pending->call, answer, &message);
        pending_answer(pending, r, message ? message : why, append, reading);
}

int bus_answer_reading_told(struct server *server, sd_bus_message *m, enum reading_what what,
                            const char *name, const struct reading_reply *reply, bool full,
                            sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct bus_reading *reading;
        int r;

        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        reading = calloc(1, sizeof(*reading));
        if (!reading)
                return -ENOMEM;
        reading->reply = reply;
        reading->full = full;
        r = reading_new_named(server->machine, what, name, on_read, reading, &reading->reading);
        if (r < 0) {
                free_reading(reading);
                return r;
        }
        reading->pending = pending;
        return pending_wait(TAKE_PTR(pending), reading, free_reading); /* on_read() frees it */
}

int bus_answer_reading(struct server *server, sd_bus_message *m, enum reading_what what,
                       const struct reading_reply *reply, sd_bus_error *error)
{
        return bus_answer_reading_told(server, m, what, NULL, reply, false, error);
}
