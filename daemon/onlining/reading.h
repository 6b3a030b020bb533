/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files, the kernel's settings, who else decides, and which blocks came since: in a process of its own, as
 * it may wait for a disk. A part: it owns its fields, and reports once.
 */
#ifndef MEMCTL_ONLINING_READING_H
#define MEMCTL_ONLINING_READING_H

#include "daemon/machine/machine.h"
#include "daemon/onlining/deciders.h"
#include "daemon/onlining/seen.h"
#include "daemon/policy/files.h"
#include "daemon/query/memmap_boot.h"

struct onlining_wish {
        bool files;                        /* read the configuration */
        const struct policy_value *values; /* and set these first; they stay the caller's until it is over */
        size_t n_values;
        bool apply;              /* what it says of the kernel's settings */
        const struct seen *seen; /* look which blocks came since; NULL: do not. Likewise the caller's */
};

struct onlining_read {
        int config_error; /* 0, or -errno: then config is not to be used, and the message says why */
        char *config_message;
        struct online_config config;
        char *setting_message; /* why auto_online_blocks was not set; NULL: it is as it is to be */
        char auto_online[ONLINE_WORD_MAX], memmap[ONLINE_WORD_MAX]; /* as they are; "": there is none */
        struct memmap_boot_report boot;                             /* what is written for the next boot */
        struct deciders deciders;
        bool looked;
        struct seen seen; /* what wish.seen became */
};

struct onlining_reading;

/* error: it came to no answer; read is valid during the call, and config_error is set then. */
typedef void (*onlining_read_done_t)(void *userdata, int error, const char *message,
                                     struct onlining_read *read);

/* done is called once, from the loop; the reading may be freed from within. 0 or -errno. */
int onlining_reading_new(struct machine *machine, const struct onlining_wish *wish,
                         onlining_read_done_t done, void *userdata, struct onlining_reading **ret);

/* Ends what is under way. */
struct onlining_reading *onlining_reading_free(struct onlining_reading *reading);
DEFINE_CLEANUP(struct onlining_reading *, onlining_reading_free)

#endif
