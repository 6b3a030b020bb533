// SPDX-License-Identifier: GPL-2.0
/*
 * Rounds: the pages isolated so far and not prepared yet, prepared together. The
 * VM isolates many pages before it migrates the first of them; so a driver cleans
 * its caches once for all of them.
 */
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "provider/provider.h"
#include "trace.h"

/* Where the VM does not tell: a round is looked for until this many pfns brought nothing. */
#ifndef MEMCTL_ROUND_GAP
#define MEMCTL_ROUND_GAP 512
#endif

/* Asks for the page at a pfn if the VM has isolated it unasked; has it joined the round? */
static bool memctl_round_find(struct memctl_provider *provider, unsigned long pfn)
{
	struct memctl_page *mp;
	bool found;

	xa_lock(&provider->pages);
	mp = xa_load(&provider->pages, pfn);
	found = mp && memctl_mm_isolated(mp->page) && memctl_page_claim(mp, false);
	xa_unlock(&provider->pages);
	return found && memctl_page_ask(mp);
}

/* What the VM has isolated along with a page lies near it: a block, or some page blocks. */
static void memctl_round_gather(struct memctl_page *first)
{
	unsigned long start = page_to_pfn(first->page);
	unsigned int nr = 0, gap = 0;
	unsigned long pfn;

	for (pfn = start + 1; gap < MEMCTL_ROUND_GAP && nr < MEMCTL_ROUND_MAX; pfn++) {
		bool found = memctl_round_find(first->provider, pfn);

		gap = found ? 0 : gap + 1;
		nr += found;
		cond_resched();
	}
	for (pfn = start, gap = 0; pfn && gap < MEMCTL_ROUND_GAP && nr < MEMCTL_ROUND_MAX; pfn--) {
		bool found = memctl_round_find(first->provider, pfn - 1);

		gap = found ? 0 : gap + 1;
		nr += found;
		cond_resched();
	}
}

/* Isolated pages of no round become PREPARING; how many. */
static unsigned int memctl_round_fill(struct memctl_round *round)
{
	struct memctl_provider *provider = round->provider;
	struct memctl_page *mp, *next;

	xa_lock(&provider->pages);
	list_for_each_entry_safe(mp, next, &provider->isolated, node) {
		if (round->nr == MEMCTL_ROUND_MAX)
			break;
		if (mp->leaving || mp->state != MEMCTL_ISOLATED)
			continue;
		mp->state = MEMCTL_PREPARING;
		mp->touched = false;
		mp->back = false;
		mp->round = round;
		list_move_tail(&mp->node, &round->pages);
		round->nr++;
	}
	round->open = round->nr;
	if (round->nr) {
		list_add_tail(&round->node, &provider->rounds);
		provider->counters.batches++;
	}
	xa_unlock(&provider->pages);
	return round->nr;
}

/*
 * Ends PREPARING. A page that the VM has given back meanwhile is returned to its
 * driver here: its giver could not wait, for it may hold what prepare() waits for.
 */
static void memctl_round_ready(struct memctl_round *round)
{
	struct memctl_provider *provider = round->provider;
	struct memctl_page *mp, *next;
	LIST_HEAD(back);

	xa_lock(&provider->pages);
	list_for_each_entry_safe(mp, next, &round->pages, node) {
		mp->state = MEMCTL_PREPARED;
		if (mp->back) {
			memctl_round_leave(mp);
			mp->state = MEMCTL_RETURNING;
			list_add_tail(&mp->node, &back);
		} else if (mp->touched) {
			memctl_round_unprepare(mp);
		}
	}
	xa_unlock(&provider->pages);
	memctl_wake(provider);
	list_for_each_entry_safe(mp, next, &back, node) {
		list_del_init(&mp->node);
		memctl_page_return(mp);
	}
}

/*
 * Prepares @first, which is ISOLATED, by evacuation if @ours, and all else that is
 * isolated and not prepared. -EAGAIN: no memory for a round now.
 */
int memctl_round_begin(struct memctl_page *first, bool ours)
{
	struct memctl_provider *provider = first->provider;
	struct memctl_round *round;

	round = kzalloc(sizeof(*round), GFP_ATOMIC | __GFP_NOWARN);
	if (!round) {
		if (!MEMCTL_MM_TELLS)
			memctl_sweep_soon(provider);	/* if the VM does not try again */
		return -EAGAIN;
	}
	round->provider = provider;
	INIT_LIST_HEAD(&round->pages);
	INIT_LIST_HEAD(&round->node);
	if (!MEMCTL_MM_TELLS && !ours)
		memctl_round_gather(first);
	if (!memctl_round_fill(round)) {
		kfree(round);		/* somebody else's round has taken them */
		return 0;
	}
	round->begun = ktime_get();
	trace_memctl_round(provider->name, round->nr);
	if (provider->ops->prepare)
		provider->ops->prepare(round);
	memctl_round_ready(round);
	memctl_rounds_close(provider);
	if (!MEMCTL_MM_TELLS)
		memctl_sweep_soon(provider);
	return 0;
}

/* The page is in no round, and on no list, afterwards. */
void memctl_round_leave(struct memctl_page *mp)
{
	struct memctl_round *round = mp->round;

	lockdep_assert_held(&mp->provider->pages.xa_lock);
	list_del_init(&mp->node);
	mp->round = NULL;
	if (round && !--round->open)
		list_move_tail(&round->node, &mp->provider->closing);
}

/* A PREPARED page was touched: it is ISOLATED, for a next round. */
void memctl_round_unprepare(struct memctl_page *mp)
{
	memctl_round_leave(mp);
	mp->state = MEMCTL_ISOLATED;
	list_add_tail(&mp->node, &mp->provider->isolated);
	if (!list_empty(&mp->provider->closing))
		memctl_sweep_soon(mp->provider);
}

/* Calls done() for the rounds that all pages have left. */
void memctl_rounds_close(struct memctl_provider *provider)
{
	struct memctl_round *round;

	while (!list_empty_careful(&provider->closing)) {
		xa_lock(&provider->pages);
		round = list_first_entry_or_null(&provider->closing, struct memctl_round, node);
		if (round) {
			u64 pause = ktime_to_ns(ktime_sub(ktime_get(), round->begun));

			list_del(&round->node);
			provider->finishing++;
			if (pause > provider->counters.longest_pause)
				provider->counters.longest_pause = pause;
		}
		xa_unlock(&provider->pages);
		if (!round)
			break;
		if (provider->ops->done)
			provider->ops->done(round);
		kfree(round);
		xa_lock(&provider->pages);
		provider->finishing--;
		xa_unlock(&provider->pages);
	}
}

unsigned int memctl_round_pages(const struct memctl_round *round)
{
	return round->nr;
}
EXPORT_SYMBOL_GPL(memctl_round_pages);

struct memctl_provider *memctl_round_provider(const struct memctl_round *round)
{
	return round->provider;
}
EXPORT_SYMBOL_GPL(memctl_round_provider);

struct memctl_page *memctl_round_next(const struct memctl_round *round,
				      const struct memctl_page *page)
{
	const struct list_head *at = page ? &page->node : &round->pages;

	return at->next == &round->pages ? NULL : list_entry(at->next, struct memctl_page, node);
}
EXPORT_SYMBOL_GPL(memctl_round_next);
