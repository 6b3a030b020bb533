/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between onlining.c, which hears of things, take.c, which takes what was read, act.c, which decides, and
 * outcome.c, which takes what came of it: nobody else includes this.
 */
#ifndef MEMCTL_ONLINING_INTERNAL_H
#define MEMCTL_ONLINING_INTERNAL_H

#include "daemon/job/registry.h"
#include "daemon/onlining/handled.h"
#include "daemon/onlining/reading.h"

struct onlining {
        struct machine *machine;
        struct registry *registry;
        bool acts, stopping;

        bool has_config; /* files were read, so that there is something in force */
        struct online_config config;
        char *fault, *setting_fault;
        struct deciders deciders; /* at the last reading */

        struct seen seen;
        uint64_t look_mark;                   /* of seen, when blocks were last looked for */
        uint64_t first_arrival, last_arrival; /* of those not looked at; CLOCK_MONOTONIC, microseconds */
        struct handled_list handled;

        bool reload, look; /* to be done at the next reading: read files; look which blocks came */
        struct onlining_reading *reading; /* under way */
        sd_event_source *tick;
        uint64_t tick_at; /* when it comes, CLOCK_MONOTONIC, microseconds */
};

/* Deals with what came and can be dealt with now. In how many microseconds there is more to do; UINT64_MAX:
 * nothing. */
uint64_t onlining_act(struct onlining *onlining);

/* Takes a configuration, where it has no fault, and says what changes. */
void onlining_take_files(struct onlining *onlining, const struct onlining_read *read);

/* Takes blocks that nothing has told of: they came while memctld was away, or events were lost. */
void onlining_take_look(struct onlining *onlining, const struct onlining_read *read);

/* The job is over. */
void onlining_take_end(struct onlining *onlining, const struct job *job, struct handled *handled);

#endif
