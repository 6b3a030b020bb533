// SPDX-License-Identifier: GPL-2.0
/*
 * Rounds: the pages isolated so far and not prepared yet, prepared together, and told of
 * together when all of them have moved or come back. The VM isolates many pages before it
 * migrates the first of them; so a driver cleans its caches once for all of them.
 * gather.c finds those that the VM did not tell of.
 */
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "provider/gather.h"
#include "provider/provider.h"
#include "trace.h"

/* Isolated pages of no round become PREPARING; how many. */
static unsigned int memctl_round_fill(struct memctl_round *round, enum migrate_mode mode)
{
	struct memctl_provider *provider = round->provider;
	struct memctl_page *mp, *next;

	spin_lock(&provider->lock);
	list_for_each_entry_safe(mp, next, &provider->isolated, node) {
		if (round->nr == MEMCTL_ROUND_MAX)
			break;
		if (mp->leaving || memctl_page_pinned(mp) || mp->state != MEMCTL_ISOLATED ||
		    (mode == MIGRATE_ASYNC && mp->declined == MIGRATE_ASYNC + 1))
			continue;
		memctl_page_set(mp, MEMCTL_PREPARING);
		WRITE_ONCE(mp->mm.touched, false);
		mp->returned = false;
		mp->declined = 0;
		mp->round = round;
		list_move_tail(&mp->node, &round->pages);
		round->nr++;
	}
	round->open = round->nr;
	if (round->nr)
		list_add_tail(&round->node, &provider->rounds);
	spin_unlock(&provider->lock);
	return round->nr;
}

/* A page less to wait for; the round closes with the last one. */
static void memctl_round_count(struct memctl_round *round)
{
	lockdep_assert_held(&round->provider->lock);
	if (!--round->open)
		list_move_tail(&round->node, &round->provider->closing);
}

void memctl_round_leave(struct memctl_page *mp)
{
	struct memctl_round *round = mp->round;

	lockdep_assert_held(&mp->provider->lock);
	list_del_init(&mp->node);
	mp->round = NULL;
	if (round)
		memctl_round_count(round);
}

/* A PREPARED page is ISOLATED again, for a next round. */
static void memctl_round_unprepare(struct memctl_page *mp)
{
	memctl_round_leave(mp);
	memctl_page_set(mp, MEMCTL_ISOLATED);
	list_add_tail(&mp->node, &mp->provider->isolated);
	if (!list_empty(&mp->provider->closing))
		memctl_sweep_soon(mp->provider);
}

/* A page that the VM has given back meanwhile, or whose driver declined, leaves its round. */
static void memctl_round_ready_page(struct memctl_page *mp, bool declined, struct list_head *back)
{
	memctl_page_set(mp, MEMCTL_PREPARED);
	if (mp->returned) {
		memctl_round_leave(mp);
		memctl_page_set(mp, MEMCTL_RETURNING);
		list_add_tail(&mp->node, back);
	} else if (declined) {
		memctl_round_unprepare(mp);
	}
}

/*
 * Ends PREPARING. A page that the VM has given back meanwhile is returned to its
 * driver here: its giver could not wait, for it may hold what prepare() waits for.
 *
 * Where prepare() declined, the pages wait for another mode. Other modes than ASYNC
 * are asked for once more with the page that the round began with.
 */
static void memctl_round_ready(struct memctl_round *round, const struct memctl_page *first,
			       enum migrate_mode mode, bool declined)
{
	struct memctl_provider *provider = round->provider;
	struct memctl_page *mp, *next;
	LIST_HEAD(back);

	spin_lock(&provider->lock);
	list_for_each_entry_safe(mp, next, &round->pages, node) {
		if (declined && (mode == MIGRATE_ASYNC || mp != first))
			mp->declined = mode + 1;
		memctl_round_ready_page(mp, declined, &back);
	}
	if (declined)
		list_del_init(&round->node);	/* done() has nothing to end */
	else
		provider->counters.batches++;
	spin_unlock(&provider->lock);
	memctl_wake(provider);
	list_for_each_entry_safe(mp, next, &back, node) {
		list_del_init(&mp->node);
		memctl_page_return(mp);
	}
}

int memctl_round_begin(struct memctl_page *first, bool evacuating, enum migrate_mode mode)
{
	struct memctl_provider *provider = first->provider;
	struct memctl_round *round;
	int err = 0;

	round = kzalloc(sizeof(*round), GFP_ATOMIC | __GFP_NOWARN);
	if (!round)
		return -EAGAIN;
	round->provider = provider;
	INIT_LIST_HEAD(&round->pages);
	INIT_LIST_HEAD(&round->moved);
	INIT_LIST_HEAD(&round->node);
	if (memctl_mm_is_silent() && !evacuating)
		memctl_round_gather(first);
	if (!memctl_round_fill(round, mode)) {
		kfree(round);		/* somebody else's round has taken them */
		return 0;
	}
	round->begun = ktime_get();
	trace_memctl_round(provider->name, round->nr);
	if (provider->ops->prepare)
		err = provider->ops->prepare(round, mode);
	memctl_round_ready(round, first, mode, err);
	if (err)
		kfree(round);
	memctl_rounds_close(provider);
	return err ? -EAGAIN : 0;
}

void memctl_round_moved(struct memctl_page *mp)
{
	list_move_tail(&mp->node, &mp->round->moved);
	memctl_round_count(mp->round);
}

void memctl_round_drop_touched(struct memctl_page *mp)
{
	if (mp->state == MEMCTL_PREPARED && READ_ONCE(mp->mm.touched))
		memctl_round_unprepare(mp);
}

/* The first round that waits for its done(), its pages COMMITTING; or NULL. */
static struct memctl_round *memctl_round_close_begin(struct memctl_provider *provider)
{
	struct memctl_round *round;
	struct memctl_page *mp;
	u64 pause;

	spin_lock(&provider->lock);
	round = list_first_entry_or_null(&provider->closing, struct memctl_round, node);
	if (round) {
		pause = ktime_to_ns(ktime_sub(ktime_get(), round->begun));
		list_del(&round->node);
		provider->finishing++;
		if (pause > provider->counters.longest_pause)
			provider->counters.longest_pause = pause;
		list_for_each_entry(mp, &round->moved, node)
			memctl_page_set(mp, MEMCTL_COMMITTING);
	}
	spin_unlock(&provider->lock);
	return round;
}

static void memctl_round_close_end(struct memctl_round *round)
{
	struct memctl_provider *provider = round->provider;
	struct memctl_page *mp, *next;

	spin_lock(&provider->lock);
	list_for_each_entry_safe(mp, next, &round->moved, node) {
		list_del_init(&mp->node);
		mp->round = NULL;
		memctl_page_set(mp, MEMCTL_IDLE);
	}
	memctl_wake(provider);
	provider->finishing--;
	spin_unlock(&provider->lock);
	kfree(round);
}

/* Calls done() for the rounds that all pages have left. */
void memctl_rounds_close(struct memctl_provider *provider)
{
	while (!list_empty_careful(&provider->closing)) {
		struct memctl_round *round = memctl_round_close_begin(provider);

		if (!round)
			break;
		if (provider->ops->done)
			provider->ops->done(round);
		memctl_round_close_end(round);
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

static struct memctl_page *memctl_page_after(const struct list_head *list,
					     const struct memctl_page *page)
{
	const struct list_head *at = page ? &page->node : list;

	return at->next == list ? NULL : list_entry(at->next, struct memctl_page, node);
}

struct memctl_page *memctl_round_next(const struct memctl_round *round,
				      const struct memctl_page *page)
{
	return memctl_page_after(&round->pages, page);
}
EXPORT_SYMBOL_GPL(memctl_round_next);

struct memctl_page *memctl_round_next_moved(const struct memctl_round *round,
					    const struct memctl_page *page)
{
	return memctl_page_after(&round->moved, page);
}
EXPORT_SYMBOL_GPL(memctl_round_next_moved);

unsigned long memctl_page_old_pfn(const struct memctl_page *mp)
{
	return mp->old_pfn;
}
EXPORT_SYMBOL_GPL(memctl_page_old_pfn);
