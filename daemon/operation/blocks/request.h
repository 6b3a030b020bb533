/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What somebody wants done to memory blocks: the arguments of a method, or what a memctld that died had been
 * asked for.
 */
#ifndef MEMCTL_OPERATION_REQUEST_H
#define MEMCTL_OPERATION_REQUEST_H

#include "daemon/plan/online.h"
#include "basic/job_options.h"
#include "daemon/plan/range.h"
#include "daemon/plan/verb.h"

/* Huge pages for a pool. */
struct hugepages_wish {
        uint64_t count; /* so many more */
        uint64_t size;  /* bytes of each */
        int node;       /* -1: of all nodes */
};

struct operation_request {
        enum job_verb verb;
        const char *target;             /* for people: the DIMM or the ranges as asked */
        const struct block_set *blocks; /* all blocks it is about; those done already are left alone */
        const char *dimm;               /* DIMM verbs, else NULL */
        bool eject;                     /* after going offline; implied by JOB_DIMM_EJECT */
        struct offline_options options; /* offline verbs; of JOB_HUGEPAGES, partial */
        enum online_zone zone;          /* online verbs */
        struct compact_options compact; /* JOB_COMPACT */
        struct hugepages_wish hugepages; /* JOB_HUGEPAGES */
        uint64_t timeout_usec;          /* for the whole job, 0: none */
};

#endif
