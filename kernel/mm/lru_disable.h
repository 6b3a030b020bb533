/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's switch of the per-CPU LRU caches, which it counts but exports to nobody.
 */
#ifndef MEMCTL_MM_LRU_DISABLE_H
#define MEMCTL_MM_LRU_DISABLE_H

/* Looks for the switch, once, at init; always 0. Nothing has to be undone. Sleeps. */
int memctl_mm_lru_init(void);

/* Why the others must not be called on this kernel, in a line for people; NULL: they may. */
const char *memctl_mm_lru_refusal(void);

/*
 * Raises the kernel's count; no page is in such a cache on return, and none gets there
 * until the count is 0. Process context; sleeps for some milliseconds.
 */
void memctl_mm_lru_disable(void);

/* Lowers the count: once for each disable. Any context. */
void memctl_mm_lru_enable(void);

/* The count: ours, and the VM's own (offlining, contiguous allocation, migration). */
unsigned int memctl_mm_lru_disabled(void);

#endif /* MEMCTL_MM_LRU_DISABLE_H */
