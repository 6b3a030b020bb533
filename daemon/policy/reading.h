/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files, settings and a look, in a process of its own: what may wait for a disk or the kernel. A part: it
 * owns its fields, and reports once.
 */
#ifndef MEMCTL_POLICY_READING_H
#define MEMCTL_POLICY_READING_H

#include "daemon/machine/machine.h"
#include "daemon/policy/files.h"
#include "daemon/policy/look.h"

struct policy_wish {
        bool files;                        /* read the configuration; else only look */
        const struct policy_value *values; /* and set these first; they stay the caller's until it is over */
        size_t n_values;
        bool apply;                         /* what it says of settings of the kernel */
        const struct compaction_look *last; /* the look before, or NULL; likewise */
};

struct policy_read {
        int config_error; /* 0, or -errno: then config is not to be used, and the message says why */
        char *config_message;
        struct compaction_config config;
        char *vm_message; /* which settings of the kernel were not set; NULL: all that were to be are */
        struct compaction_look look;
};

struct policy_reading;

/* error: the look failed; read is valid during the call, and what is in it but the look is so even then. */
typedef void (*policy_read_done_t)(void *userdata, int error, const char *message,
                                   const struct policy_read *read);

/* done is called once, from the loop; the reading may be freed from within. 0 or -errno. */
int policy_reading_new(struct machine *machine, const struct policy_wish *wish, policy_read_done_t done,
                       void *userdata, struct policy_reading **ret);

/* Ends what is under way. */
struct policy_reading *policy_reading_free(struct policy_reading *reading);
DEFINE_CLEANUP(struct policy_reading *, policy_reading_free)

#endif
