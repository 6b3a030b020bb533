/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All CMA areas of a machine, and their sums.
 */
#ifndef MEMCTL_PAGES_CMA_AREAS_H
#define MEMCTL_PAGES_CMA_AREAS_H

#include "daemon/pages/cma_area.h"

#define CMA_NOTES_MAX 8

/* Of all areas together, as the kernel counts itself; what it does not tell is CMA_NOT_TOLD. */
struct cma_totals {
        uint64_t total_bytes;
        uint64_t free_bytes;        /* free for anybody: without what is lent to movable pages */
        uint64_t succeeded, failed; /* allocations since boot */
        uint64_t succeeded_pages, failed_pages;
};

struct cma_areas {
        struct cma_totals all;
        struct cma_area *areas; /* ascending by name */
        size_t n;
        char *notes[CMA_NOTES_MAX]; /* which source is missing, and why: for people */
        size_t n_notes;
};

void cma_clear(struct cma_areas *areas);

/* NULL when there is none. */
struct cma_area *cma_find(const struct cma_areas *areas, const char *name);

/* -ENOENT, and *message says which areas there are; -ENOMEM. */
int cma_no_such_area(const struct cma_areas *areas, const char *name, char **message);

/* The area of that name, in printable ASCII, a new one if need be; NULL: memory is short, or there are more
 * than there can be. */
struct cma_area *cma_get(struct cma_areas *areas, const char *name);

/* Takes the text, unless it is NULL or there are notes enough. */
void cma_note(struct cma_areas *areas, char *text);
void cma_clear_notes(struct cma_areas *areas);

#endif
