/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CMA areas of a test, of one range or two, whose events the test makes up: what kernel/cma is told by
 * kernel/mm, and what it sees of pages.
 */
#ifndef TEST_CMA_H
#define TEST_CMA_H

#include "kernel/cma/area.h"
#include "kernel/cma/cma.h"
#include "kernel/cma/failure.h"
#include "kernel/cma/note.h"
#include "kernel/mm/classify.h"
#include "kernel/mm/cma_events.h"

/* The first two areas, by their names; the second has a hole. */
#define CMA_FIRST 512UL
#define CMA_PAGES 1024UL
#define CMA_SECOND 2048UL /* of 64 pages, and 64 behind 64 of others */

/* Each pfn's look; all begin as free. Called before each look, and when LRU caches were emptied: some may change. */
extern enum memctl_class cma_class[SHIM_PAGES];
extern void (*cma_before_look)(unsigned long pfn);

extern void (*cma_drained)(void);

extern bool cma_finishes;     /* what mm/cma_events.h says of this kernel */
extern unsigned int cma_told; /* events of failures on netlink */

/* kernel/cma with these areas, and its end. */
void cma_begin(void);
void cma_end(void);

const struct memctl_cma_events *cma_events(void);
struct memctl_cma_area *cma_area(unsigned int nr);
const char *cma_name(unsigned int nr);

/* The work that events have left, if there is any. */
void cma_work(void);

/* Tells of an allocation by the current task. */
void cma_tell(unsigned int nr, unsigned long pfn, unsigned long pages, unsigned int order);
void cma_tell_failed(unsigned int nr, unsigned long pages, unsigned int order, int error);

/* The last failure. */
struct memctl_cma_failure cma_failed(void);

#endif /* TEST_CMA_H */
