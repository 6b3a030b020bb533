/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks by movability as a picture: rows of cells, each of one block, or of as many as are needed for the
 * picture to stay small. No I/O.
 */
#ifndef MEMCTL_CLI_SHOW_PICTURE_H
#define MEMCTL_CLI_SHOW_PICTURE_H

#include "cli/daemon/columns_survey.h"

/* Pages by what can be done with them. */
struct page_sums {
        uint64_t free, movable, unmovable, unknown; /* unknown: whether they move cannot be told */
};

/* One block; counted is false where nobody has counted its pages: offline, or no source. */
struct picture_block {
        uint32_t number;
        uint32_t dimm; /* as in wire_blocks */
        bool offline, counted;
        struct page_sums pages;
};

/* The blocks of a machine with their pages, ascending. To be freed; NULL when memory is short. */
struct picture_block *picture_blocks(const struct wire_blocks *blocks, const struct wire_survey *survey);

enum cell_kind {
        CELL_ABSENT, /* no block there */
        CELL_OFFLINE,
        CELL_FREE,
        CELL_MOVABLE,
        CELL_UNKNOWN, /* some pages of which cannot be told whether they move, or nobody counted */
        CELL_FEW,     /* unmovable pages, at most 5 % */
        CELL_SOME,    /* at most half */
        CELL_MOSTLY,
        CELL_KINDS,
};

/* For legends: "all movable", "at most 5 % unmovable". */
const char *cell_kind_text(enum cell_kind kind);

/* A cell shows the pages of all its blocks together: one page that does not move is never hidden. */
struct cell {
        enum cell_kind kind;
        uint32_t first, last; /* blocks; there may be gaps between them */
        uint32_t n_blocks, n_offline, n_uncounted;
        uint32_t dimm; /* of the first block */
        struct page_sums pages;
};

struct picture {
        uint64_t blocks_per_cell; /* a power of two */
        size_t n_columns, n_rows;
        uint64_t
                *row_first; /* the block number at which each row begins; rows without blocks are left out */
        struct cell *cells; /* n_rows * n_columns */
        bool used[CELL_KINDS];
};

/*
 * Lays n blocks out in rows of n_columns cells, at most rows_max of them. 0 or -ENOMEM. n_columns is a power
 * of two, so that rows begin at round addresses.
 */
int picture_make(const struct picture_block *blocks, size_t n, size_t n_columns, size_t rows_max,
                 struct picture *ret);
void picture_clear(struct picture *picture);

/* Whether a DIMM begins or ends on the left of that cell; what lies left of a row is the row before. */
bool picture_border(const struct picture *picture, size_t index);

#endif
