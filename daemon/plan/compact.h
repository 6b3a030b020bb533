/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When a compaction that goes on in slices has come to its end. Pure.
 */
#ifndef MEMCTL_PLAN_COMPACT_H
#define MEMCTL_PLAN_COMPACT_H

#include <stdbool.h>
#include <stdint.h>

/* Why the one who compacts has ended a slice. */
enum compact_slice_end {
        SLICE_TIME,    /* it was at work for as long as a slice lasts */
        SLICE_ENOUGH,  /* as many places are emptied as it was to empty */
        SLICE_ALL,     /* it has been everywhere */
        SLICE_NO_ROOM, /* what is in the way finds no room in smaller pieces */
};

/* What a slice has come to. */
struct compact_slice {
        uint64_t before, after; /* free pieces of the order */
        uint64_t cursor;        /* where it was at its end; 0: it does not say */
        enum compact_slice_end end;
};

enum compact_next {
        COMPACT_GO_ON,
        COMPACT_REACHED, /* as many pieces are free as were asked for */
        COMPACT_NOTHING, /* there is nothing more to gain */
        COMPACT_NO_ROOM, /* likewise, for want of room */
};

/* Slices so far; zeros to begin with. */
struct compact_so_far {
        unsigned int idle;   /* the last ones, which came no further, nor was more free than ever */
        uint64_t best;       /* the most that was free */
        uint64_t cursor;     /* where the next one is to go on; 0: from the beginning */
        unsigned int passes; /* over all memory */
        bool gained;         /* in this pass */
};

/* until: free pieces to be reached; 0: as many as can be. */
enum compact_next compact_next(uint64_t until, const struct compact_slice *slice,
                               struct compact_so_far *so_far);

#endif
