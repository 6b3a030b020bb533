/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What starting a job (start.c) and following it (follow.c) share.
 */
#ifndef MEMCTL_CLI_VERB_FOLLOWING_H
#define MEMCTL_CLI_VERB_FOLLOWING_H

#include "cli/daemon/value.h"

#include <systemd/sd-event.h>

/* How the following ended. */
enum outcome { FOLLOW_GOES_ON, FOLLOW_FINISHED, FOLLOW_LOST, FOLLOW_LEFT };

struct follow {
        struct context *context;
        sd_event *event;
        sd_bus_message *started; /* NULL until the job is */
        const char *path;        /* likewise */
        json_object *job;
        uint64_t began; /* CLOCK_MONOTONIC, microseconds, by our clock */
        bool cancels;   /* Ctrl-C cancels the job */
        bool giving_up; /* Ctrl-C came before the job was started */
        bool cancelling;
        int status; /* of starting it */
        enum outcome outcome;
};

/* Takes the signals of the process and of the bus from here on. An exit status; follow_end() in either case.
 */
int follow_begin(struct follow *follow);

/* Follows the job at follow->path to its end and prints that. The exit status of the job. */
int follow_to_end(struct follow *follow);

/* Without waiting: the answer is the end of the job. */
void follow_send_cancel(struct follow *follow);

void follow_end(struct follow *follow);

#endif
