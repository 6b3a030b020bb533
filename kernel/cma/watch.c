// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of each event. They come on all CPUs, and of an allocation and its release in
 * any order: bits.h says what is made of that.
 *
 * Events are listened to first, then pages are looked at: what happens in between is known, and
 * the scan leaves it alone.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "cma/cma.h"
#include "cma/failure.h"
#include "cma/holder.h"
#include "cma/judge.h"
#include "cma/note.h"
#include "cma/running.h"
#include "cma/scan.h"
#include "mm/cma_events.h"

static const char *memctl_cma_unwatched = "not looked for yet";

/* Nobody has memory that is aligned to more. */
static unsigned long memctl_watch_align(unsigned int order)
{
	return 1UL << min_t(unsigned int, order, MAX_PHYSMEM_BITS - PAGE_SHIFT);
}

/* The area's lock is held. */
static void memctl_watch_asked(struct memctl_cma_area *area, unsigned long pages,
			       unsigned long align, const struct memctl_running *running)
{
	struct memctl_cma_counts *counts = &area->counts;

	counts->by_order[min_t(unsigned int, order_base_2(pages), MEMCTL_CMA_ORDERS - 1)]++;
	counts->align_max = max_t(u64, counts->align_max, align);
	counts->retried += running->retried;
	counts->migrated += running->migrated;
}

static void memctl_watch_failed(struct memctl_cma_area *area, unsigned long pages,
				unsigned long align, int error,
				const struct memctl_running *running)
{
	struct memctl_cma_failure failure = {
		.area = area,
		.pages = pages,
		.align = align,
		.untold = error == -ENODATA,
		.interrupted = fatal_signal_pending(current),
		.others = memctl_running_others(current, area),
		.fits = memctl_cma_fits(area, pages, align),
		.running = *running,
		.since = ktime_get_mono_fast_ns(),
	};
	unsigned long flags;
	unsigned int i;

	failure.error = failure.untold ? (running->retried ? EBUSY : ENOMEM) : -error;
	memctl_cma_room(area, &failure.room);
	for (i = 0; i < memctl_cma_nr_areas && !failure.fits && !failure.other; i++) {
		if (memctl_cma_fits(&memctl_cma_areas[i], pages, align))
			failure.other = &memctl_cma_areas[i];
	}
	memctl_cma_who_asks(&failure.who);
	memctl_failure_add(&failure);

	raw_spin_lock_irqsave(&area->lock, flags);
	memctl_watch_asked(area, pages, align, running);
	memctl_needed_ask(&area->needed, pages, align);
	area->counts.failed++;
	raw_spin_unlock_irqrestore(&area->lock, flags);
	memctl_judge_soon();
}

/* A scan need not look at these pages any more. The area's lock is held. */
static void memctl_watch_known(struct memctl_cma_area *area, unsigned long first,
			       unsigned long pages)
{
	if (area->scanned)
		bitmap_clear(area->scanned, first, pages);
}

static void memctl_watch_took(struct memctl_cma_area *area, const struct memctl_note *note,
			      const struct memctl_running *running)
{
	const struct memctl_cma_range *range = memctl_cma_range_of(area, note->pfn, note->pages);
	unsigned long first, end = note->pfn + note->pages, flags;
	const struct memctl_note *old;
	bool noted, ghosts;

	if (!range)
		return;
	first = note->pfn - range->start + range->first;
	raw_spin_lock_irqsave(&area->lock, flags);
	old = memctl_note_from(area, note->pfn);
	/* what a scan took for allocated may have been this one on its way */
	ghosts = !old || old->pfn >= end || old->origin != MEMCTL_NOTE_BEFORE;
	memctl_note_cut(area, note->pfn, end);
	memctl_watch_known(area, first, note->pages);
	memctl_bits_take(&area->bits, first, first + note->pages, ghosts);
	noted = memctl_note_add(area, note);
	memctl_watch_asked(area, note->pages, note->align, running);
	area->counts.succeeded++;
	area->counts.peak = max_t(u64, area->counts.peak, area->bits.used);
	raw_spin_unlock_irqrestore(&area->lock, flags);
	if (!noted || memctl_notes_short())
		memctl_judge_soon();
}

/* Some kernels tell nothing any more of a request that is larger than the area. */
static void memctl_watch_start(const char *name, unsigned long pages, unsigned int order)
{
	struct memctl_cma_area *area = memctl_cma_area_of(name);
	struct memctl_running none = {};
	bool over;

	if (!area || !pages)	/* of none some kernels tell no end */
		return;
	over = pages > area->pages && !memctl_mm_cma_finishes();
	memctl_running_begin(current, area, over);
	if (over)
		memctl_watch_failed(area, pages, memctl_watch_align(order), -ENOMEM, &none);
}

static void memctl_watch_busy(const char *name, unsigned long pfn)
{
	memctl_running_busy(current, pfn);
}

static void memctl_watch_finish(const char *name, unsigned long pfn, unsigned long pages,
				unsigned int order, int error)
{
	struct memctl_cma_area *area = memctl_cma_area_of(name);
	struct memctl_running running;
	struct memctl_note note = {
		.pfn = pfn,
		.pages = pages,
		.align = memctl_watch_align(order),
		.origin = MEMCTL_NOTE_EVENT,
	};

	if (!area || !pages)
		return;
	memctl_running_end(current, &running);
	if (error) {
		if (!running.over)
			memctl_watch_failed(area, pages, note.align, error, &running);
		return;
	}
	note.since = ktime_get_mono_fast_ns();
	memctl_cma_who_asks(&note.who);
	memctl_watch_took(area, &note, &running);
}

static void memctl_watch_release(const char *name, unsigned long pfn, unsigned long pages)
{
	struct memctl_cma_area *area = memctl_cma_area_of(name);
	const struct memctl_cma_range *range;
	unsigned long bit, stop, end, flags;
	bool whole = true;

	range = area ? memctl_cma_range_of(area, pfn, pages) : NULL;
	if (!range)
		return;
	bit = pfn - range->start + range->first;
	end = bit + pages;
	raw_spin_lock_irqsave(&area->lock, flags);
	area->counts.released++;
	memctl_watch_known(area, bit, pages);
	while (memctl_bits_give(&area->bits, &bit, &stop, end)) {
		unsigned long first = bit - range->first + range->start;

		whole &= memctl_note_cut(area, first, first + (stop - bit));
		bit = stop;
	}
	raw_spin_unlock_irqrestore(&area->lock, flags);
	if (!whole || memctl_notes_short())
		memctl_judge_soon();
}

static void memctl_watch_migrated(unsigned long pages)
{
	memctl_running_migrated(current, pages);
}

static const struct memctl_cma_events memctl_watch = {
	.start = memctl_watch_start,
	.busy = memctl_watch_busy,
	.finish = memctl_watch_finish,
	.release = memctl_watch_release,
	.migrated = memctl_watch_migrated,
};

static int memctl_cma_setup(void)
{
	int err = memctl_failures_init();

	memctl_judge_init();
	if (!err)
		err = memctl_notes_init();
	return err ?: memctl_cma_areas_init();
}

/* Without an area there is nothing to listen for. */
int memctl_cma_init(void)
{
	int err;

	memctl_cma_unwatched = memctl_mm_cma_refusal();
	if (memctl_cma_unwatched)
		return 0;
	err = memctl_cma_setup();
	if (!err && memctl_cma_nr_areas)
		memctl_cma_unwatched = memctl_mm_cma_listen(&memctl_watch);
	if (err || memctl_cma_unwatched) {
		memctl_cma_exit();
		return err;
	}
	memctl_cma_scan();
	return 0;
}

int memctl_cma_tell(void)
{
	memctl_judge_tell();
	return 0;
}

void memctl_cma_stop(void)
{
	if (memctl_cma_nr_areas)
		memctl_mm_cma_deafen();
	memctl_judge_stop();
}

void memctl_cma_exit(void)
{
	unsigned int i;

	memctl_cma_stop();
	for (i = 0; i < memctl_cma_nr_areas; i++)
		memctl_notes_drop(&memctl_cma_areas[i]);
	memctl_cma_areas_exit();
	memctl_notes_exit();
	memctl_failures_exit();
}

const char *memctl_cma_refusal(void)
{
	return memctl_cma_unwatched;
}

void memctl_cma_settle(void)
{
	memctl_judge_settle();
}
