/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What became of cma= when the kernel booted: whether it took it, and if not, why. Pure.
 */
#ifndef MEMCTL_PLAN_BOOT_TAKEN_H
#define MEMCTL_PLAN_BOOT_TAKEN_H

#include "daemon/machine/cmdline.h"
#include "daemon/plan/boot_reason.h"

#include <stdbool.h>
#include <stdint.h>

enum boot_outcome {
        BOOT_OUTCOME_NONE,    /* nothing was asked of the kernel */
        BOOT_OUTCOME_PENDING, /* it was applied since the kernel booted */
        BOOT_OUTCOME_TAKEN,
        BOOT_OUTCOME_PART, /* an area is there, of another size */
        BOOT_OUTCOME_NOT_TAKEN,
        _BOOT_OUTCOME_MAX,
};

#define BOOT_SEEN_NOT_TOLD UINT64_MAX

struct boot_seen {
        struct cmdline booted;  /* /proc/cmdline */
        struct cmdline applied; /* what memctl has written for the boot loader; nothing given: it has not */
        bool applied_in_this_boot;
        char applied_text[BOOT_TEXT_MAX];
        char release[BOOT_TEXT_MAX]; /* of the kernel */
        bool cma;                    /* the kernel has CMA at all */
        bool refused;                /* its log says that it failed to reserve memory for CMA */
        uint64_t unit;               /* bytes: areas are whole ones of these; 0: not known */
        uint64_t memory;             /* bytes, as the kernel found it */
        uint64_t limit; /* bytes that devices reach, where areas must be below; 0: there is no limit */
        uint64_t total; /* CmaTotal, bytes; BOOT_SEEN_NOT_TOLD */
        uint64_t default_bytes; /* of the default area: 0, there is none; BOOT_SEEN_NOT_TOLD */
};

/* Fills *reasons with why; with TAKEN there may be some, too. */
enum boot_outcome boot_taken(const struct boot_seen *seen, struct boot_reasons *reasons);

const char *boot_outcome_name(enum boot_outcome outcome); /* "taken" */

#endif
