/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compacts for about a second, in a process of its own: by memctl.ko, which empties the cheapest places, or
 * without it by the kernel's own compaction of whole nodes. A part: it owns its fields, and reports once.
 */
#ifndef MEMCTL_OPERATION_COMPACT_SLICE_H
#define MEMCTL_OPERATION_COMPACT_SLICE_H

#include "daemon/machine/machine.h"
#include "daemon/plan/compact.h"

struct slice_wish {
        int order;      /* -1: of a huge page */
        int node;       /* -1: all */
        uint64_t until; /* free pieces; 0: as many as can be */
        uint64_t cursor;   /* where an earlier one ended; 0: from the beginning */
        uint64_t cpu_usec; /* CPU time it may have, and about a quarter of a second beyond that; 0: any */
        bool only_look;    /* and compact nothing */
};

struct slice_result {
        unsigned int order;
        struct compact_slice slice;
        bool compacted; /* else it has only looked */
        uint64_t cpu_usec;       /* of the process, the kernel's work for it included */
        uint64_t free_pages;     /* afterwards, of all orders */
};

struct slice;

/*
 * error: -ENOENT: no such node; -EINVAL: no such order; -ETIMEDOUT: the kernel was at one place for a
 * minute; or another -errno; message says why, or is NULL. result is what was done until then; all zero
 * where nothing was.
 */
typedef void (*slice_done_t)(void *userdata, int error, const char *message,
                             const struct slice_result *result);

/* The wish is copied. done is called once, from the loop; the slice may be freed from within. 0 or -errno.
 */
int slice_new(struct machine *machine, const struct slice_wish *wish, slice_done_t done, void *userdata,
              struct slice **ret);

/* Ends what is under way. */
struct slice *slice_free(struct slice *slice);
DEFINE_CLEANUP(struct slice *, slice_free)

#endif
