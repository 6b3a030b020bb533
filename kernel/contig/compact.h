/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compaction of chosen places: where little is in use, that moves elsewhere, into free pieces that
 * are smaller, and the place goes back to the page allocator as one. Cheapest first; what the
 * kernel's own compaction scans and moves besides stays where it is.
 */
#ifndef MEMCTL_CONTIG_COMPACT_H
#define MEMCTL_CONTIG_COMPACT_H

#include <linux/types.h>
#include <uapi/memctl.h>

#include "contig/take.h"

struct memctl_compaction {
	struct memctl_contig contig;	/* with what is asked for: node, dearest */
	u64 cursor;			/* where an earlier one was; 0: from the beginning */
	u64 places;			/* to be emptied, in all; U64_MAX: all that can be */
	u64 emptied;			/* places so far; those of a call that failed, too */
	unsigned int vain;		/* the last calls that gained next to nothing */
	enum memctl_compact_end end;	/* 0: it goes on */
};

/**
 * memctl_compact_begin() - begin
 * @compaction: zeros, with what is asked for; ends with memctl_compact_end(), whatever this
 * returns
 * @order: of the pieces that are wanted, up to memctl_mm_largest_order(); places are page blocks at
 * least
 *
 * Context: Process context; sleeps shortly.
 * Return: 0; -EOPNOTSUPP: this kernel cannot; -ENOSPC: no zone there is as large as a place;
 * -EINVAL: the cursor is none; -ENOMEM.
 */
int memctl_compact_begin(struct memctl_compaction *compaction, unsigned int order);

/**
 * memctl_compact_step() - empty some places
 * @compaction: begun, and not at its end
 *
 * About a quarter of a second, and beyond that one place at most, or a look at a stretch. The
 * per-CPU LRU caches are off from the first place that is tried on, where memctl can do that, until
 * it returns. Nobody's memory is reclaimed but page cache that is clean
 * and mapped by nobody. No page that is locked is waited for, nor one that is being written back,
 * but one that began to be since it was looked at.
 *
 * Context: Process context; sleeps.
 * Return: 0; -EINTR: a signal came.
 */
int memctl_compact_step(struct memctl_compaction *compaction);

/* Where it is: a later one that begins there goes on with the places that are near. Not 0. */
u64 memctl_compact_cursor(const struct memctl_compaction *compaction);

void memctl_compact_end(struct memctl_compaction *compaction);

#endif /* MEMCTL_CONTIG_COMPACT_H */
