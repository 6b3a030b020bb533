// SPDX-License-Identifier: GPL-2.0
/*
 * The VM's side of a page, and evacuation's: isolated, migrated, put back. page.c
 * has the driver's side; the table in movable.h says who changes which state.
 */
#include "provider/provider.h"
#include "trace.h"

/*
 * Ends ASKING. What evacuation asks for is taken out of the VM's reach before: the
 * VM may have isolated it unasked, and would migrate it as ISOLATED.
 */
bool memctl_page_ask(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	bool claimed = !mp->ours || memctl_mm_claim(mp);
	bool yes = claimed && (!provider->ops->isolate || provider->ops->isolate(mp));

	if (claimed && !yes && mp->ours)
		memctl_mm_unclaim(mp);
	trace_memctl_isolate(mp, yes);
	xa_lock(&provider->pages);
	if (yes) {
		mp->state = MEMCTL_ISOLATED;
		list_add_tail(&mp->node, &provider->isolated);
		provider->counters.isolated++;
	} else {
		mp->state = MEMCTL_IDLE;
		provider->counters.refused += claimed;
	}
	xa_unlock(&provider->pages);
	memctl_wake(provider);
	return yes;
}

bool memctl_page_isolate(struct memctl_page *mp)
{
	bool claimed;

	xa_lock(&mp->provider->pages);
	claimed = memctl_page_claim(mp, false);
	xa_unlock(&mp->provider->pages);
	return claimed && memctl_page_ask(mp);
}

/* Ends RETURNING: the page has left its round already. */
void memctl_page_return(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;

	if (mp->ours)
		memctl_mm_unclaim(mp);
	if (provider->ops->putback)
		provider->ops->putback(mp);
	trace_memctl_putback(mp);
	xa_lock(&provider->pages);
	mp->state = MEMCTL_IDLE;
	provider->counters.isolated--;
	xa_unlock(&provider->pages);
	memctl_wake(provider);
	memctl_rounds_close(provider);
}

void memctl_page_putback(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	bool away, handed;

	xa_lock(&provider->pages);
	away = memctl_page_away(mp);
	handed = mp->state == MEMCTL_GONE && mp->ours;
	if (away) {
		memctl_round_leave(mp);
		mp->state = MEMCTL_RETURNING;
	} else if (mp->state == MEMCTL_PREPARING) {
		mp->back = true;	/* who prepares it ends this: see memctl_round_begin() */
	}
	xa_unlock(&provider->pages);
	if (away)
		memctl_page_return(mp);
	else if (handed)
		memctl_page_free_handed(mp);
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

/*
 * Brings an isolated page to MOVING. Where the VM has not asked, the page is IDLE
 * until now, and is asked for with the round. Not prepared is possible: the page
 * was touched at once, and its driver is told so by memctl_page_prepared().
 */
static int memctl_page_begin_move(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	bool rounded = false, ours;
	int err = 0;

	for (;;) {
		xa_lock(&provider->pages);
		ours = memctl_page_away(mp) && mp->ours;
		if (mp->leaving || (provider->closed && mp->state == MEMCTL_IDLE)) {
			err = -EBUSY;
		} else if (memctl_page_busy(mp)) {
			err = -EAGAIN;
		} else if (mp->state == MEMCTL_PREPARED ||
			   (rounded && mp->state == MEMCTL_ISOLATED)) {
			mp->touched = mp->state == MEMCTL_ISOLATED;
			mp->state = MEMCTL_MOVING;
			xa_unlock(&provider->pages);
			return 0;
		}
		xa_unlock(&provider->pages);
		if (!err && READ_ONCE(mp->state) == MEMCTL_IDLE && !memctl_page_isolate(mp))
			err = -EAGAIN;
		if (!err && !rounded) {
			err = memctl_round_begin(mp, ours);
			rounded = true;
		}
		if (err)
			return err;
	}
}

static int memctl_page_end_move(struct memctl_page *mp, struct page *dst, int err)
{
	struct memctl_provider *provider = mp->provider;
	struct memctl_counters *counters = &provider->counters;
	struct page *src = mp->page;

	xa_lock(&provider->pages);
	if (!err) {
		__xa_erase(&provider->pages, page_to_pfn(src));
		__xa_store(&provider->pages, page_to_pfn(dst), mp, 0);	/* reserved */
		memctl_mm_moved(mp, src, dst, mp->ours);
		mp->page = dst;
		memctl_round_leave(mp);
		mp->state = MEMCTL_IDLE;
		counters->isolated--;
		counters->migrated++;
		counters->bytes += PAGE_SIZE;
	} else {
		mp->state = MEMCTL_PREPARED;
		if (mp->touched)
			memctl_round_unprepare(mp);
		if (err == -EAGAIN)
			counters->retried++;
		else
			memctl_count_failure(counters, -err);
	}
	xa_unlock(&provider->pages);
	trace_memctl_migrate(provider->name, page_to_pfn(src), page_to_pfn(dst), err);
	memctl_wake(provider);
	memctl_rounds_close(provider);
	return err;
}

int memctl_page_migrate(struct memctl_page *mp, struct page *dst, enum migrate_mode mode)
{
	struct memctl_provider *provider = mp->provider;
	int err;

	err = memctl_page_begin_move(mp);
	if (err) {
		xa_lock(&provider->pages);
		if (err == -EAGAIN)
			provider->counters.retried++;
		xa_unlock(&provider->pages);
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
	err = memctl_page_end_move(mp, dst, err);
	/* The VM will not say that it gives the page back. */
	if (!MEMCTL_MM_TELLS && err && err != -EAGAIN && !mp->ours)
		memctl_page_putback(mp);
	return err;
}

bool memctl_page_gone(struct memctl_page *mp)
{
	bool gone;

	xa_lock(&mp->provider->pages);
	gone = mp->state == MEMCTL_GONE;
	xa_unlock(&mp->provider->pages);
	return gone;
}
