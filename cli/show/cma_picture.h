/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which memory of a CMA area is allocated, as a picture: rows of cells, each of as many bytes as are needed
 * for the picture to stay small. No I/O.
 */
#ifndef MEMCTL_CLI_SHOW_CMA_PICTURE_H
#define MEMCTL_CLI_SHOW_CMA_PICTURE_H

#include "cli/daemon/value.h"

#define CMA_MAP_RANGES_MAX 8

/* The map of Manager.ShowCmaArea, checked. */
struct cma_map {
        uint64_t piece; /* bytes */
        struct {
                uint64_t start, size; /* bytes, ascending */
                size_t offset;        /* of its first byte of bits */
        } ranges[CMA_MAP_RANGES_MAX];
        size_t n_ranges;
        uint8_t *bits; /* each range begins a byte */
};

/* 0; -ENODATA: the area has no map; -EBADMSG: it makes no sense; -ENOMEM. */
int cma_map_read(json_object *area, struct cma_map *ret);
void cma_map_clear(struct cma_map *map);

/* {"piece":N,"used":[{"start":A,"size":N}]}: runs that are allocated; the caller's. */
json_object *cma_map_to_json(const struct cma_map *map);

enum cma_cell_kind {
        CMA_CELL_NONE, /* no memory of the area */
        CMA_CELL_FREE,
        CMA_CELL_SOME,   /* a part is allocated */
        CMA_CELL_BEFORE, /* all, and all of that before memctl.ko was loaded */
        CMA_CELL_USED,
        CMA_CELL_KINDS,
};

/* For legends: "partly allocated". */
const char *cma_cell_kind_text(enum cma_cell_kind kind);

struct cma_cell {
        enum cma_cell_kind kind;
        uint64_t start, size; /* bytes of the area */
        uint64_t used, before;
};

struct cma_picture {
        uint64_t bytes_per_cell;
        size_t n_columns, n_rows;
        struct cma_cell *cells; /* n_rows * n_columns; a range begins a row */
        bool used[CMA_CELL_KINDS];
};

/*
 * holders: of ShowCmaArea, or NULL: which memory was allocated before memctl.ko was loaded is then not told
 * apart. n_columns is a power of two. 0 or -ENOMEM.
 */
int cma_picture_make(const struct cma_map *map, json_object *holders, size_t n_columns, size_t rows_max,
                     struct cma_picture *ret);
void cma_picture_clear(struct cma_picture *picture);

#endif
