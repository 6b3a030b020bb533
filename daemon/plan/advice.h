/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which classes of pages move, and what can be done about those that do not. Pure.
 */
#ifndef MEMCTL_PLAN_ADVICE_H
#define MEMCTL_PLAN_ADVICE_H

#include "daemon/pages/survey.h"

enum movability {
        MOVABLE_NO,
        MOVABLE_YES,
        MOVABLE_UNKNOWN, /* the source cannot tell */
};

/* Whether pages that source counted as class move, or else do not keep their block. */
enum movability class_movability(enum survey_source source, enum memctl_class class);

/* "free", "lru", "non_lru_movable", "unmovable"; "" where it cannot be told or is none of these. */
const char *class_kind_name(enum survey_source source, enum memctl_class class);

enum advice {
        ADVICE_STOP_PROCESS,
        ADVICE_UNLOCK,
        ADVICE_RELEASE_BUFFER,
        ADVICE_SWAP_OFF,
        ADVICE_UNLOAD_DRIVER,
        ADVICE_FREE_HUGE_PAGES,
        ADVICE_USE_MEMCTL,
        ADVICE_RECLAIM,
        ADVICE_LOAD_MODULE,
        ADVICE_KERNEL_ZONE,
        ADVICE_RETRY,
        ADVICE_WAIT_FOR_DRIVER,
        ADVICE_CMA_AREA,
        ADVICE_SHRINK_DEVICE,
        ADVICE_ONLINE_POLICY,
        _ADVICE_MAX,
};

/* The code of docs/json.md: "stop_process"; NULL past the last. */
const char *advice_name(unsigned int advice);

/* What is known of pages that advice is wanted about. */
struct advice_facts {
        enum survey_source source;
        enum memctl_class class;
        const char *owner; /* as the survey names it; NULL: not told apart */
        bool searched;     /* the processes that map them were looked for, */
        bool mapped;       /* and there are some */
        bool kernel_zone;  /* some of them lie in a zone for the kernel's own pages */
        bool swap_on;      /* the machine swaps */
        bool hotplugged;   /* the blocks, or some of them, were added while the kernel ran */
        bool virtio_mem;   /* all of the blocks are of a virtio-mem device */
};

/* What can be done about them, as bits 1 << enum advice; 0: nothing, or nothing is needed. */
unsigned int advice_give(const struct advice_facts *facts);

#endif
