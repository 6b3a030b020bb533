// SPDX-License-Identifier: GPL-2.0
#include <linux/hugetlb.h>	/* what pageblock_order is on arm64 */
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mmzone.h>
#include <linux/sched.h>

#include "contig/compact.h"
#include "mm/contig.h"

#define MEMCTL_COMPACT_STEP	(HZ / 4)

/* Places in one call, which drains all CPUs' lists. */
#define MEMCTL_COMPACT_TOGETHER	32

/* Calls in a row that gain next to nothing, behind which a zone is left for the next one. */
#define MEMCTL_COMPACT_VAIN	3

int memctl_compact_begin(struct memctl_compaction *compaction, unsigned int order)
{
	struct memctl_contig_request *request = &compaction->contig.request;
	int err;

	request->pages = max(1UL << order, pageblock_nr_pages);
	request->align = request->pages;
	request->compacts = true;
	err = memctl_contig_begin(&compaction->contig);
	if (err || !compaction->cursor)
		return err;
	return memctl_search_go_to(&compaction->contig.search, compaction->cursor);
}

/*
 * A piece was to be gained for each place. Where that is not so, what was in the way went into
 * large pieces after all: the smaller ones are none for what moves (page blocks for what does
 * not), which nobody counts, or others are quicker. To go on would move all memory for nothing.
 */
static void memctl_compact_judge(struct memctl_compaction *compaction)
{
	struct memctl_contig *contig = &compaction->contig;
	unsigned long places = (contig->end - contig->start) / contig->request.pages;
	unsigned long pieces = memctl_mm_zone_pieces(contig->search.walk.zone,
						     ilog2(contig->request.pages));

	if (pieces >= contig->pieces + DIV_ROUND_UP(places, 2)) {
		compaction->vain = 0;
		return;
	}
	contig->alone = true;
	if (++compaction->vain % MEMCTL_COMPACT_VAIN)
		return;
	contig->no_room++;
	memctl_search_skip_zone(&contig->search);
}

/* The next place. 0, and maybe it is the end; -EINTR. */
static int memctl_compact_place(struct memctl_compaction *compaction)
{
	struct memctl_contig *contig = &compaction->contig;
	struct memctl_contig_request *request = &contig->request;
	u64 left = compaction->places - compaction->emptied;
	int err;

	request->together = min_t(u64, left, MEMCTL_COMPACT_TOGETHER) * request->pages;
	err = memctl_contig_step(contig);

	compaction->emptied += contig->emptied;
	contig->emptied = 0;
	if (contig->taken) {
		contig->taken = false;
		memctl_mm_give_whole(contig->start, contig->end);
		memctl_search_refuse(&contig->search, contig->start, contig->end, false);
		compaction->emptied += (contig->end - contig->start) / request->pages;
		memctl_compact_judge(compaction);
	}
	if (compaction->emptied >= compaction->places)
		compaction->end = MEMCTL_COMPACT_ENOUGH;
	else if (err == -EBUSY)
		compaction->end = contig->no_room && !compaction->emptied ?
				  MEMCTL_COMPACT_NO_ROOM : MEMCTL_COMPACT_ALL;
	else if (err == -ENOMEM)
		compaction->end = MEMCTL_COMPACT_NO_ROOM;
	return compaction->end ? 0 : err;
}

u64 memctl_compact_cursor(const struct memctl_compaction *compaction)
{
	return memctl_search_cursor(&compaction->contig.search);
}

int memctl_compact_step(struct memctl_compaction *compaction)
{
	unsigned long until = jiffies + MEMCTL_COMPACT_STEP;
	int err;

	do {
		err = memctl_compact_place(compaction);
		cond_resched();
	} while (!err && !compaction->end && time_before(jiffies, until));
	memctl_contig_rest(&compaction->contig);
	return err;
}

void memctl_compact_end(struct memctl_compaction *compaction)
{
	memctl_contig_end(&compaction->contig);
}
