/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a helper (helper.h) is to do, and how that tells how far it is. In helper_process.c, where it runs.
 */
#ifndef MEMCTL_CORE_HELPER_TASK_H
#define MEMCTL_CORE_HELPER_TASK_H

#include "daemon/core/packet.h"

struct helper_task {
        const char *name; /* static, at most 15 bytes: what ps shows */

        /*
         * Called in the other process. It has no file descriptors but 0 to 2 and keep_fds: not the loop's,
         * and no lock or lease of anybody. 0 or -errno, and *message says why (or NULL).
         */
        int (*work)(void *request, struct packet *answer, char **message);

        /* Called in yet another process when the first was killed and is gone; NULL: nothing is to be
         * undone. */
        void (*undo)(void *request);

        int keep_fds[3];     /* -1: none */
        uint64_t stall_usec; /* without a word from helper_gets_on(): killed then. Not 0. */
};

/* For work(): it is at this step, and not stalled. Costs nothing. */
void helper_gets_on(uint64_t step);

/* For work(): this answer counts should it be killed from here on. 0 or -errno. */
int helper_tell(const struct packet *answer);

#endif
