/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What makes pages move, as a table.
 */
#ifndef MEMCTL_MATRIX_CELL_OPERATION_H
#define MEMCTL_MATRIX_CELL_OPERATION_H

#include "matrix/cell/kind.h"

/* One cell of the matrix while it is tried. */
struct trial {
        struct sample *sample;
        size_t n;                    /* pages that are known */
        struct page *before, *after; /* as many, and at least as many as the sample has */
        bool *aimed;                 /* which of them the operation is to move */
        bool *lost;                  /* which of them are to be lost; not looked at afterwards */
        struct evidence evidence;
};

/* Needs pages that are mapped. */
#define OPERATION_ADDRESS (1U << 0)
/* Takes what it can get: pages that stay are no failure. */
#define OPERATION_PARTLY (1U << 1)
/* Comes by where it likes: plain pages beside the sample tell whether it did. */
#define OPERATION_CONTROL (1U << 2)
/* Settles by itself which pages have moved. */
#define OPERATION_COUNTS (1U << 3)
/* Comes when all others are through with all kinds: what it leaves may be in their way. */
#define OPERATION_LAST (1U << 4)

struct operation {
        const char *name;
        const char *what; /* what a run does with the machine for it, for people */
        unsigned int traits;
        double seconds; /* that it is given */

        /*
         * Settings for all probes, and whether they can be: 0; -EOPNOTSUPP: this kernel has none of it; or
         * -errno; with note[NOTE_MAX]. NULL: nothing is needed.
         */
        int (*prepare)(char *note);

        /* Sets aimed (none: all pages are), error and note; in the probe's process. */
        void (*run)(struct trial *trial);
};

/* The last has no name. */
extern const struct operation *const operations[];

extern const struct operation operation_compaction, operation_offline, operation_reserve,
        operation_soft_offline, operation_hard_poison, operation_move_pages, operation_migrate_pages,
        operation_mbind, operation_swap, operation_zswap, operation_collapse, operation_damos;

/* The trial ends here, untried. */
void __attribute__((format(printf, 2, 3))) trial_not_tried(struct trial *trial, const char *format, ...);

/* What the operation said of the pages, beside the error. */
void __attribute__((format(printf, 2, 3))) trial_note(struct trial *trial, const char *format, ...);

/* The node to which pages are to move: not the one where they are, which is *ret_from (NULL: not wanted). */
int trial_target(const struct trial *trial, int *ret_from);

/* Aims at the pages that lie in [start, end). Returns how many there are. */
size_t trial_aim(struct trial *trial, uint64_t start, uint64_t end);

/*
 * The start of the piece of so many pages, so aligned, in which most pages of the sample lie, of the pieces
 * that good() likes (NULL: all). False: it likes none.
 */
bool trial_most(const struct trial *trial, uint64_t pages, bool (*good)(uint64_t number), uint64_t *ret);

#endif
