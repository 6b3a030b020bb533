// SPDX-License-Identifier: GPL-2.0
/*
 * Goes through a range a memory block at a time, and through a block a piece at a
 * time.
 *
 * Memory may be taken away meanwhile, and its struct pages with it. The kernel's own
 * locks against that are not for modules. But mm/memory_hotplug.c marks sections
 * offline, then calls MEM_OFFLINE notifiers, and frees struct pages only in a
 * removal, later. So a piece is looked at under SRCU, after it was seen to be
 * online, and the notifier waits for those who may have seen it so.
 *
 * Lock order: mem_hotplug_lock and the memory notifier chain, then memctl_memmap. No
 * lock that is held while memory goes offline is taken under memctl_memmap.
 */
#include <linux/bitmap.h>
#include <linux/hugetlb.h>	/* what pageblock_order is on arm64 */
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "mm/contig.h"
#include "survey/survey.h"

/* Sections of absent memory that are passed over at a time. */
#define MEMCTL_ABSENT_SECTIONS	65536

DEFINE_STATIC_SRCU(memctl_memmap);

static int memctl_memory_notify(struct notifier_block *block, unsigned long action, void *arg)
{
	if (action == MEM_OFFLINE)
		synchronize_srcu(&memctl_memmap);
	return NOTIFY_OK;
}

static struct notifier_block memctl_memory_block = {
	.notifier_call = memctl_memory_notify,
};

/* Looks at a piece, and returns its end. */
static unsigned long memctl_survey_piece(struct memctl_survey *survey, unsigned long pfn,
					 unsigned long end)
{
	unsigned long piece = min(end, ALIGN_DOWN(pfn, MEMCTL_SURVEY_PIECE) + MEMCTL_SURVEY_PIECE);
	unsigned long known = pfn;	/* up to here, whether it is of a CMA area */
	struct page *page;
	bool cma = false;
	int srcu;

	srcu = srcu_read_lock(&memctl_memmap);
	page = pfn_to_online_page(pfn);
	if (!page) {
		survey->absent += piece - pfn;
		pfn = piece;
	}
	while (pfn < piece) {
		struct memctl_like like;
		struct memctl_look look;
		unsigned long pages;

		if (pfn >= known) {
			cma = memctl_mm_is_cma(pfn);
			known = ALIGN_DOWN(pfn, pageblock_nr_pages) + pageblock_nr_pages;
		}
		if (cma) {
			pages = min(known, piece) - pfn;
			memctl_classify_cma(&look, pages);
		} else {
			memctl_like_read(page, &like);
			memctl_classify(page, pfn, &look);
			pages = memctl_alike(page, piece - pfn, &look, &like);
			if (!pages)	/* it may reach beyond this piece */
				pages = min(look.pages, end - pfn);
		}
		memctl_tally_add(survey, pfn, pages, &look);
		pfn += pages;
		page += pages;
	}
	srcu_read_unlock(&memctl_memmap, srcu);
	return pfn;
}

/* Looks again at keepers that may be so for a moment only. */
static int memctl_survey_again(struct memctl_survey *survey)
{
	unsigned int i, nr;

	memctl_tally_flush(survey);
	nr = memctl_tally_doubt(survey);
	survey->second = true;
	for (i = 0; i < nr; i++) {
		unsigned long pfn = survey->again[i].start;

		while (pfn < survey->again[i].end)
			pfn = memctl_survey_piece(survey, pfn, survey->again[i].end);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	memctl_tally_flush(survey);
	survey->second = false;
	memctl_tally_join(survey);
	return 0;
}

/* So that each of the next piece has a place. */
static bool memctl_survey_has_many(const struct memctl_survey *survey)
{
	return !survey->full && survey->nr_keepers >= MEMCTL_KEEPERS_MAX + survey->enough;
}

static int memctl_survey_range(struct memctl_survey *survey, unsigned long pfn, unsigned long end)
{
	while (pfn < end) {
		int err = 0;

		pfn = memctl_survey_piece(survey, pfn, end);
		cond_resched();
		if (memctl_survey_has_many(survey))
			err = memctl_survey_again(survey);
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		if (err)
			return err;
	}
	memctl_tally_flush(survey);
	return survey->full ? 0 : memctl_survey_again(survey);
}

void memctl_survey_hot(unsigned long start, unsigned long end, unsigned long *hot)
{
	unsigned long pfn = start;

	while (pfn < end) {
		unsigned long piece = min(end, ALIGN_DOWN(pfn, MEMCTL_SURVEY_PIECE) +
					       MEMCTL_SURVEY_PIECE);
		struct page *page;
		int srcu;

		srcu = srcu_read_lock(&memctl_memmap);
		page = pfn_to_online_page(pfn);
		if (!page)
			pfn = piece;
		while (pfn < piece) {
			unsigned long pages;
			struct memctl_look look;

			memctl_classify(page, pfn, &look);
			pages = min(look.pages, piece - pfn);
			if (look.hot)
				bitmap_set(hot, pfn - start, pages);
			pfn += pages;
			page += pages;
		}
		srcu_read_unlock(&memctl_memmap, srcu);
		cond_resched();
	}
}

static bool memctl_range_online(unsigned long pfn, unsigned long end)
{
	for (; pfn < end; pfn = ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION) {
		if (online_section_nr(pfn_to_section_nr(pfn)))
			return true;
	}
	return false;
}

int memctl_survey_next(struct memctl_survey *survey)
{
	unsigned long block = memory_block_size_bytes() >> PAGE_SHIFT, end;
	unsigned long absent = ALIGN(MEMCTL_ABSENT_SECTIONS * PAGES_PER_SECTION, block);
	int err;

	if (fatal_signal_pending(current))
		return -EINTR;
	memctl_tally_begin(survey);
	survey->part = survey->next;
	end = min(survey->end, ALIGN_DOWN(survey->next, block) + block);
	if (memctl_range_online(survey->next, end)) {
		err = memctl_survey_range(survey, survey->next, end);
		if (err)
			return err;
	} else {
		while (end < survey->end && end - survey->next < absent) {
			unsigned long after = min(survey->end, end + block);

			if (memctl_range_online(end, after))
				break;
			end = after;
		}
		survey->absent = end - survey->next;
	}
	survey->part_end = end;
	survey->next = end;
	return 0;
}

struct memctl_survey *memctl_survey_new(unsigned long start, unsigned long end)
{
	struct memctl_survey *survey = kvzalloc(sizeof(*survey), GFP_KERNEL);

	if (survey) {
		survey->next = start;
		survey->end = end;
	}
	return survey;
}

void memctl_survey_free(struct memctl_survey *survey)
{
	kvfree(survey);
}

int memctl_survey_init(void)
{
	return register_memory_notifier(&memctl_memory_block);
}

void memctl_survey_exit(void)
{
	unregister_memory_notifier(&memctl_memory_block);
}
