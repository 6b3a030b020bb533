/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Places for contiguous memory: memory is seen as pieces of the same size, each with what it
 * costs to empty it, and a window slides over them.
 */
#ifndef MEMCTL_CONTIG_WINDOW_H
#define MEMCTL_CONTIG_WINDOW_H

#include <linux/types.h>

/* The cost of a piece that cannot be emptied, or must not be taken. */
#define MEMCTL_COST_NEVER	((u32)~0)

struct memctl_window {
	unsigned long span;	/* pieces; not 0 */
	unsigned long stride;	/* it begins at a multiple of so many pieces; not 0 */
	unsigned long first;	/* the number of the first piece; it counts for the stride only */
};

/**
 * memctl_window_cheapest() - where a window costs least
 * @window: its size, and where it may begin
 * @costs: of the pieces
 * @nr: of pieces
 * @least: what it costs at least
 * @most: and at most
 * @cost: out: what it costs, where there is one
 *
 * Of several that cost the same it is the first.
 *
 * Return: the index of the window's first piece; @nr: there is none.
 */
unsigned long memctl_window_cheapest(const struct memctl_window *window, const u32 *costs,
				     unsigned long nr, u64 least, u64 most, u64 *cost);

#endif /* MEMCTL_CONTIG_WINDOW_H */
