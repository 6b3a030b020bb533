/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is allocated, by the looks of pages.
 */
#ifndef MEMCTL_CMA_SCAN_H
#define MEMCTL_CMA_SCAN_H

#include "cma/area.h"

/* Finds what was allocated before there were events, in all areas. Sleeps for some 50 ms. */
void memctl_cma_scan(void);

/* Makes notes of what is allocated and has none: there was no memory for one. Sleeps. */
void memctl_cma_find_lost(struct memctl_cma_area *area);

#endif /* MEMCTL_CMA_SCAN_H */
