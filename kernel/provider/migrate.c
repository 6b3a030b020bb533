// SPDX-License-Identifier: GPL-2.0
/*
 * The VM's side of a page, and evacuation's: isolated, migrated, put back. page.c
 * has the driver's side; the table in movable.h says who changes which state.
 */
#include "mm/charge.h"
#include "provider/provider.h"
#include "trace.h"

/*
 * Ends ASKING. What evacuation asks for is taken out of the VM's reach before: the
 * VM may have isolated it unasked, and would migrate it as ISOLATED.
 */
bool memctl_page_ask(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	bool claimed = !mp->evacuating || memctl_mm_claim(&mp->mm, mp->page);
	bool yes = claimed && (!provider->ops->isolate || provider->ops->isolate(mp));

	if (claimed && !yes && mp->evacuating)
		memctl_mm_unclaim(&mp->mm, mp->page);
	trace_memctl_isolate(mp, yes);
	spin_lock(&provider->lock);
	if (yes) {
		memctl_page_set(mp, MEMCTL_ISOLATED);
		list_add_tail(&mp->node, &provider->isolated);
		provider->counters.isolated++;
	} else {
		memctl_page_set(mp, MEMCTL_IDLE);
		provider->counters.refused += claimed;
	}
	spin_unlock(&provider->lock);
	memctl_wake(provider);
	return yes;
}

static bool memctl_page_isolate(struct memctl_page *mp)
{
	bool claimed;

	spin_lock(&mp->provider->lock);
	claimed = memctl_page_claim(mp, false);
	spin_unlock(&mp->provider->lock);
	return claimed && memctl_page_ask(mp);
}

/* Ends RETURNING: the page has left its round already. */
void memctl_page_return(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;

	if (mp->evacuating)
		memctl_mm_unclaim(&mp->mm, mp->page);
	if (provider->ops->putback)
		provider->ops->putback(mp);
	trace_memctl_putback(mp);
	spin_lock(&provider->lock);
	mp->declined = 0;
	memctl_page_set(mp, MEMCTL_IDLE);
	provider->counters.isolated--;
	spin_unlock(&provider->lock);
	memctl_wake(provider);
	memctl_rounds_close(provider);
}

/* The VM or evacuation gives a page back; is it there to be given, or was it freed meanwhile? */
static bool memctl_page_give_back(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	bool away, freed;

	spin_lock(&provider->lock);
	away = memctl_page_away(mp);
	freed = mp->state == MEMCTL_FREED;
	if (away) {
		memctl_round_leave(mp);
		memctl_page_set(mp, MEMCTL_RETURNING);
	} else if (mp->state == MEMCTL_PREPARING) {
		mp->returned = true;	/* who prepares it ends this: see memctl_round_begin() */
	}
	spin_unlock(&provider->lock);
	if (away)
		memctl_page_return(mp);
	return !freed;
}

void memctl_page_putback(struct memctl_page *mp)
{
	if (!memctl_page_give_back(mp))
		memctl_page_free_evacuated(mp);
}

static void memctl_count_failure(struct memctl_counters *counters, int error)
{
	struct memctl_failure *slot = counters->failures, *last = slot + MEMCTL_FAILURES - 1;

	while (slot != last && slot->error && slot->error != error)
		slot++;
	if (slot != last)
		slot->error = error;
	slot->count++;
	counters->failed++;
}

/* What begin_move() is to do next. */
enum memctl_begin {
	MEMCTL_BEGUN,		/* the page is MOVING */
	MEMCTL_BEGIN_ASK,	/* the VM has it, and did not ask: it is IDLE */
	MEMCTL_BEGIN_ROUND,	/* it is ISOLATED, and to be prepared first */
	MEMCTL_BEGIN_LATER,	/* not now */
	MEMCTL_BEGIN_NEVER,	/* its driver takes it back */
};

/* From PREPARED to MOVING, unless it is pinned; see memctl_page_trypin(). Under the lock. */
static enum memctl_begin memctl_page_move(struct memctl_page *mp)
{
	memctl_page_set(mp, MEMCTL_MOVING);
	smp_mb();	/* pairs with the barrier in memctl_page_trypin() */
	if (!memctl_page_pinned(mp))
		return MEMCTL_BEGUN;
	memctl_page_set(mp, MEMCTL_PREPARED);
	return MEMCTL_BEGIN_LATER;
}

/* One step towards MOVING. @rounded: a round was begun for the page already. Under the lock. */
static enum memctl_begin memctl_page_step(struct memctl_page *mp, enum migrate_mode mode,
					  bool rounded)
{
	if (mp->leaving)
		return MEMCTL_BEGIN_NEVER;
	/* It was used since it was prepared: once more with the next round, if not just now. */
	if (!rounded)
		memctl_round_drop_touched(mp);
	switch (mp->state) {
	case MEMCTL_PREPARED:
		return memctl_page_move(mp);
	case MEMCTL_ISOLATED:
		if (rounded || memctl_page_pinned(mp) || mp->declined == mode + 1)
			return MEMCTL_BEGIN_LATER;
		return MEMCTL_BEGIN_ROUND;
	case MEMCTL_IDLE:
		return mp->provider->closed ? MEMCTL_BEGIN_NEVER : MEMCTL_BEGIN_ASK;
	default:
		return MEMCTL_BEGIN_LATER;
	}
}

/*
 * Brings an isolated page to MOVING. Where the VM has not asked, the page is IDLE
 * until now, and is asked for with the round. Not prepared is possible: the page
 * was touched at once, and its driver is told so by memctl_page_prepared().
 */
static int memctl_page_begin_move(struct memctl_page *mp, enum migrate_mode mode)
{
	struct memctl_provider *provider = mp->provider;
	bool rounded = false;

	for (;;) {
		enum memctl_begin next;
		bool evacuating;
		int err;

		spin_lock(&provider->lock);
		next = memctl_page_step(mp, mode, rounded);
		evacuating = mp->evacuating;
		spin_unlock(&provider->lock);
		memctl_wake(provider);	/* a pin may wait for MOVING to end, which it did at once */
		switch (next) {
		case MEMCTL_BEGUN:
			return 0;
		case MEMCTL_BEGIN_ASK:
			if (!memctl_page_isolate(mp))
				return -EAGAIN;
			memctl_sweep_soon(provider);	/* the VM may give it back untried */
			break;
		case MEMCTL_BEGIN_ROUND:
			err = memctl_round_begin(mp, evacuating, mode);
			if (err)
				return err;
			rounded = true;
			break;
		case MEMCTL_BEGIN_LATER:
			return -EAGAIN;
		case MEMCTL_BEGIN_NEVER:
			return -EBUSY;
		}
	}
}

/* The content is on dst: IDLE, or MOVED where done() is to hear of it. Under the lock. */
static void memctl_page_arrive(struct memctl_page *mp, struct page *dst)
{
	struct memctl_counters *counters = &mp->provider->counters;
	struct page *src = mp->page;

	xa_erase(&mp->provider->pages, page_to_pfn(src));
	xa_store(&mp->provider->pages, page_to_pfn(dst), mp, 0);	/* reserved */
	memctl_mm_move_charge(src, dst);
	memctl_mm_moved(&mp->mm, src, dst, mp->evacuating);
	mp->old_pfn = page_to_pfn(src);
	WRITE_ONCE(mp->page, dst);
	if (mp->provider->ops->done) {
		memctl_round_moved(mp);
		memctl_page_set(mp, MEMCTL_MOVED);
	} else {
		memctl_round_leave(mp);
		memctl_page_set(mp, MEMCTL_IDLE);
	}
	counters->isolated--;
	counters->migrated++;
	counters->bytes += PAGE_SIZE;
}

static int memctl_page_end_move(struct memctl_page *mp, struct page *dst, int err)
{
	struct memctl_provider *provider = mp->provider;
	unsigned long src = page_to_pfn(mp->page);

	spin_lock(&provider->lock);
	if (!err) {
		memctl_page_arrive(mp, dst);
	} else {
		memctl_page_set(mp, MEMCTL_PREPARED);
		if (err == -EAGAIN)
			provider->counters.retried++;
		else
			memctl_count_failure(&provider->counters, -err);
	}
	spin_unlock(&provider->lock);
	trace_memctl_migrate(provider->name, src, page_to_pfn(dst), err);
	memctl_wake(provider);
	memctl_rounds_close(provider);
	return err;
}

int memctl_page_migrate(struct memctl_page *mp, struct page *dst, enum migrate_mode mode)
{
	struct memctl_provider *provider = mp->provider;
	int err;

	err = memctl_page_begin_move(mp, mode);
	if (err) {
		spin_lock(&provider->lock);
		if (err == -EAGAIN)
			provider->counters.retried++;
		spin_unlock(&provider->lock);
		return err;
	}
	/* Reclaim may wait for this migration: no allocation that waits for reclaim. */
	err = xa_reserve(&provider->pages, page_to_pfn(dst), GFP_ATOMIC | __GFP_NOWARN);
	if (err) {
		err = -EAGAIN;
	} else {
		err = provider->ops->migrate(mp, dst, mode);
		if (err > 0)
			err = -EINVAL;
		if (err)
			xa_release(&provider->pages, page_to_pfn(dst));
	}
	return memctl_page_end_move(mp, dst, err);
}

static bool memctl_vm_isolates(struct memctl_mm *mm)
{
	return memctl_page_isolate(memctl_page_of(mm));
}

static int memctl_vm_migrates(struct memctl_mm *mm, struct page *dst, enum migrate_mode mode)
{
	return memctl_page_migrate(memctl_page_of(mm), dst, mode);
}

static void memctl_vm_puts_back(struct memctl_mm *mm)
{
	memctl_page_give_back(memctl_page_of(mm));
}

static bool memctl_vm_has_freed(struct memctl_mm *mm)
{
	struct memctl_page *mp = memctl_page_of(mm);
	bool freed;

	spin_lock(&mp->provider->lock);
	freed = mp->state == MEMCTL_FREED;
	spin_unlock(&mp->provider->lock);
	return freed;
}

const struct memctl_mm_ops memctl_page_ops = {
	.isolate = memctl_vm_isolates,
	.migrate = memctl_vm_migrates,
	.putback = memctl_vm_puts_back,
	.is_freed = memctl_vm_has_freed,
};
