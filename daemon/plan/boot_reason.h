/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a boot setting is what it is, or did not work, as data: a code, the area that it is about, and the
 * figures that belong to the code. Unlike plan/reason.h it is flat: it goes from process to process as it
 * is.
 */
#ifndef MEMCTL_PLAN_BOOT_REASON_H
#define MEMCTL_PLAN_BOOT_REASON_H

#include <stddef.h>
#include <stdint.h>

enum boot_reason_code {
        /* of the size */
        BOOT_NEVER_RECORDED,     /* there is no record: nothing can be said */
        BOOT_NO_REQUESTS,        /* seconds: in which nothing asked for memory of any area */
        BOOT_NEEDED,             /* area, needed_bytes, peak_bytes: the least with which all requests fit */
        BOOT_FRAGMENTATION,      /* area, bytes: of that, for holes that alignments leave */
        BOOT_LARGEST,            /* area, bytes: one allocation at most, align_bytes: likewise */
        BOOT_ROUNDED_UP,         /* area, bytes: to, unit_bytes: whole page blocks */
        BOOT_NO_HEADROOM,        /* needed_bytes has failed requests in it: nothing is put on top */
        BOOT_FAILED_FOR_SIZE,    /* area, count: failures for want of room */
        BOOT_FAILED_OTHERWISE,   /* area, count, text: the cause; a larger area does not help */
        BOOT_ONLY_SAMPLED,       /* area, peak_bytes: of samples; memctl.ko was not loaded */
        BOOT_FAILURES_NOT_SIZED, /* area, count: failures of unknown size, likewise */
        BOOT_SHORT_RECORD,       /* seconds: less than a day is in the record */
        BOOT_LOST_EVENTS,        /* area, count: the record misses these */
        BOOT_OTHER_AREA, /* area, needed_bytes, bytes: it has; the device tree or a driver makes it */
        BOOT_HUGETLB,    /* area, needed_bytes, unit_bytes */
        BOOT_PER_NODE,   /* nodes: cma= makes an area of that size on each, besides the one */
        BOOT_NOTHING_TO_GIVE_BACK, /* the kernel has no area by itself: 0 is what there is */
        BOOT_NO_CMA,               /* the kernel has no CMA: memctl's reservations do without */
        BOOT_MUCH,                 /* bytes, memory_bytes: more than half of the memory */
        BOOT_TOO_MUCH,             /* bytes, memory_bytes: more than seven eighths: it is not applied */
        BOOT_UNIT_ASSUMED,         /* unit_bytes: the kernel does not tell its page blocks' size */
        BOOT_RECORD_BAD,           /* text: where the file that was no record is now */
        /* of what the kernel made of it */
        BOOT_NOT_BOOTED,  /* text: the setting; the machine was not rebooted since it was applied */
        BOOT_NOT_PASSED,  /* text: the setting; it is not in /proc/cmdline */
        BOOT_OTHER_VALUE, /* text: what is in /proc/cmdline */
        BOOT_MALFORMED,   /* text: the value, of which the kernel reads no size, or only a part */
        BOOT_OVER_MEMORY, /* bytes: asked for, memory_bytes */
        BOOT_OVER_LIMIT,  /* bytes, memory_bytes: of the zones that devices reach */
        BOOT_FIXED_PLACE, /* text: the place asked for was not free */
        BOOT_NO_RUN,      /* bytes: the kernel found no run of it when it booted */
        BOOT_NO_CMA_HERE, /* text: the release; this kernel was built without CMA */
        BOOT_NO_AREA,     /* bytes: no area of that size is there, and nobody says why */
        BOOT_PART,        /* bytes: asked for, total_bytes: that there are */
        _BOOT_REASON_MAX,
};

#define BOOT_FIGURES_MAX 3
#define BOOT_AREA_MAX    64
#define BOOT_TEXT_MAX    160

struct boot_reason {
        enum boot_reason_code code;
        char area[BOOT_AREA_MAX];
        uint64_t figures[BOOT_FIGURES_MAX]; /* by boot_reason_figures() */
        char text[BOOT_TEXT_MAX];
};

#define BOOT_REASONS_MAX 96

struct boot_reasons {
        struct boot_reason items[BOOT_REASONS_MAX];
        size_t n;
};

const char *boot_reason_name(enum boot_reason_code code); /* "no_requests" */

/* What its figures are called, in their order; NULL behind the last. */
const char *const *boot_reason_figures(enum boot_reason_code code);

/*
 * Adds one; area and text may be NULL, and are cut off at what there is room for. What finds no room in the
 * list is left out. Returns its figures, to be filled in; never NULL.
 */
uint64_t *boot_reasons_add(struct boot_reasons *list, enum boot_reason_code code, const char *area,
                           const char *text);

#endif
