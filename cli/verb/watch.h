/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * --watch: the same answer once a second, until somebody ends it.
 */
#ifndef MEMCTL_CLI_VERB_WATCH_H
#define MEMCTL_CLI_VERB_WATCH_H

#include "cli/daemon/value.h"

struct watch {
        json_object *before; /* the last answer but this; NULL: this is the first */
        double seconds;      /* since then */
        uint64_t at;         /* CLOCK_MONOTONIC, nanoseconds, of this one */
};

/* Keeps a reference to the answer for the next look. */
void watch_keep(struct watch *watch, json_object *answer);

/* Looks again and again, as long as that returns EXIT_DONE; an exit status. On a terminal each takes the
 * place of the last. */
int watch_run(struct context *context, int (*look)(struct context *context, struct watch *watch));

#endif
