/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One CMA area with all that is known of it: its map, who holds what, which dma-bufs that is, and which
 * allocations failed.
 */
#ifndef MEMCTL_PAGES_CMA_DETAIL_H
#define MEMCTL_PAGES_CMA_DETAIL_H

#include "daemon/pages/cma.h"
#include "daemon/pages/cma_bitmap.h"
#include "daemon/pages/dmabuf.h"

struct cma_detail {
        struct cma_area area;
        struct cma_bitmap map;
        bool has_holders, has_failures; /* memctl.ko told them */
        struct module_cma_holders holders;
        struct module_cma_failures failures; /* of this area, oldest first */
        struct dmabuf_list dmabufs;
        char *notes[CMA_NOTES_MAX];
        size_t n_notes;
};

/*
 * For a helper, in two steps, for the second may be long in coming. Both add notes of what is missing. 0;
 * -ENOENT: there is no such area, and *message says which there are; -ENOMEM.
 */
int cma_detail_read(const struct tree *tree, const char *name, struct cma_detail *ret, char **message);
int cma_detail_read_devices(const struct tree *tree, struct cma_detail *detail);

void cma_detail_clear(struct cma_detail *detail);

void cma_detail_put(struct packet *packet, const struct cma_detail *detail);
void cma_detail_get(struct packet_reader *reader, struct cma_detail *ret);

/* Takes the text, unless it is NULL or there are notes enough. */
void cma_detail_note(struct cma_detail *detail, char *text);

#endif
