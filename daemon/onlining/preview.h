/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What would become of memory that is there, had it come just now; and what is to be known before any comes.
 * Pure.
 */
#ifndef MEMCTL_ONLINING_PREVIEW_H
#define MEMCTL_ONLINING_PREVIEW_H

#include "daemon/onlining/decider.h"
#include "daemon/onlining/newcomer.h"

struct preview {
        const struct newcomer *newcomer;
        const char *now; /* "movable", "kernel", "offline", "mixed"; static */
        struct online_verdict verdict;
        char reason[ONLINE_REASON_MAX];
};

struct previews {
        struct newcomers newcomers;
        struct preview *items; /* one for each of them */
        size_t n;
};

void previews_clear(struct previews *previews);

/*
 * Of all DIMMs, all drivers' devices, and all blocks that are offline; as if it were switched on. Text
 * points to the snapshot and the configuration. 0 or -ENOMEM.
 */
int previews_make(const struct online_config *config, const struct snapshot *snapshot,
                  const struct deciders *deciders, uint64_t cma_bytes, struct previews *ret);

/* The kernel's settings, as they are; "": it has none. */
struct online_settings {
        const char *auto_online, *memmap;
        const char *next_memmap; /* the parameter that memctl has written for the next boot; "": none */
};

/* Sentences; *ret and each in it to be freed. How many, or -ENOMEM. */
#define WARNINGS_MAX (DECIDERS_MAX + 4)
int online_warnings(const struct online_config *config, const struct deciders *deciders,
                    const struct online_settings *settings, char *ret[static WARNINGS_MAX]);

#endif
