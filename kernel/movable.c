// SPDX-License-Identifier: GPL-2.0
/*
 * The state of each page: made movable, isolated, migrated, put back, freed. The
 * table in movable.h says who changes what.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "provider.h"
#include "trace.h"

static struct kmem_cache *memctl_page_cache;

/* An operation has ended: those who wait for that may look again. */
static void memctl_wake(struct memctl_provider *provider)
{
	if (wq_has_sleeper(&provider->wait))
		wake_up_all(&provider->wait);
}

struct memctl_page *memctl_page_make(struct memctl_provider *provider,
				     struct page *page, void *data)
{
	struct memctl_page *mp;
	int err;

	mp = kmem_cache_zalloc(memctl_page_cache, GFP_KERNEL);
	if (!mp)
		return ERR_PTR(-ENOMEM);
	mp->page = page;
	mp->provider = provider;
	mp->data = data;
	mp->state = MEMCTL_RETURNING;	/* nobody's until the VM may have it */
	INIT_LIST_HEAD(&mp->node);

	xa_lock(&provider->pages);
	err = __xa_insert(&provider->pages, page_to_pfn(page), mp, GFP_KERNEL);
	if (!err && provider->closed) {		/* looked at after: an insertion drops the lock */
		__xa_erase(&provider->pages, page_to_pfn(page));
		err = -ESHUTDOWN;
	}
	if (!err)
		provider->counters.pages++;
	xa_unlock(&provider->pages);
	if (err) {
		kmem_cache_free(memctl_page_cache, mp);
		return ERR_PTR(err);
	}
	memctl_mm_make(mp);
	xa_lock(&provider->pages);
	mp->state = MEMCTL_IDLE;
	memctl_wake(provider);	/* under the lock: who waits may free the provider */
	xa_unlock(&provider->pages);
	return mp;
}
EXPORT_SYMBOL_GPL(memctl_page_make);

static void memctl_page_destroy(struct memctl_page *mp)
{
	kmem_cache_free(memctl_page_cache, mp);
}

/* Takes the lock. No operation runs for the page then, and after memctl_page_free() none begins. */
static void memctl_page_leave(struct memctl_page *mp)
	__acquires(&mp->provider->pages.xa_lock)
{
	struct memctl_provider *provider = mp->provider;

	xa_lock(&provider->pages);
	mp->leaving = true;
	while (memctl_page_busy(mp)) {
		xa_unlock(&provider->pages);
		wait_event(provider->wait, !memctl_page_busy(mp));
		xa_lock(&provider->pages);
	}
}

static void memctl_page_forget(struct memctl_page *mp)
{
	lockdep_assert_held(&mp->provider->pages.xa_lock);
	__xa_erase(&mp->provider->pages, page_to_pfn(mp->page));
	mp->provider->counters.pages--;
}

static void memctl_page_gone_for_good(struct memctl_page *mp, struct page *page)
{
	struct memctl_provider *provider = mp->provider;

	memctl_page_destroy(mp);
	put_page(page);
	xa_lock(&provider->pages);
	provider->unfreed--;
	xa_unlock(&provider->pages);
}

/* Frees a GONE page, with its handle, if the VM does not have it. */
bool memctl_page_reap(struct memctl_page *mp)
{
	struct page *page = memctl_mm_remove(mp);

	if (!page)
		return false;
	memctl_page_gone_for_good(mp, page);
	return true;
}

void memctl_page_free(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	bool handed = false;

	memctl_page_leave(mp);
	if (memctl_page_away(mp)) {
		memctl_round_leave(mp);
		provider->counters.isolated--;
		handed = mp->ours;
	}
	provider->unfreed++;
	mp->state = MEMCTL_GONE;
	memctl_page_forget(mp);
	xa_unlock(&provider->pages);
	memctl_rounds_close(provider);

	if (handed)
		return;		/* evacuation frees it: see memctl_page_putback() */
	if (memctl_page_reap(mp))
		return;
	xa_lock(&provider->pages);
	list_add_tail(&mp->node, &provider->gone);
	xa_unlock(&provider->pages);
	memctl_sweep_soon(provider);
}
EXPORT_SYMBOL_GPL(memctl_page_free);

struct page *memctl_page_unmake(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	struct page *page;

	memctl_page_leave(mp);
	xa_unlock(&provider->pages);
	for (;;) {
		memctl_sweep_now(provider);
		wait_event(provider->wait,
			   READ_ONCE(mp->state) == MEMCTL_IDLE || !MEMCTL_MM_TELLS);
		page = READ_ONCE(mp->state) == MEMCTL_IDLE ? memctl_mm_remove(mp) : NULL;
		if (page)
			break;
		schedule_timeout_uninterruptible(1);
	}
	xa_lock(&provider->pages);
	memctl_page_forget(mp);
	xa_unlock(&provider->pages);
	memctl_page_destroy(mp);
	return page;
}
EXPORT_SYMBOL_GPL(memctl_page_unmake);

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

bool memctl_page_isolate(struct memctl_page *mp, bool ours)
{
	struct memctl_provider *provider = mp->provider;
	bool ask;

	xa_lock(&provider->pages);
	ask = mp->state == MEMCTL_IDLE && !mp->leaving && !provider->closed;
	if (ask) {
		mp->state = MEMCTL_ASKING;
		mp->ours = ours;
	}
	xa_unlock(&provider->pages);
	return ask && memctl_page_ask(mp);
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

/* Evacuation lets go of a page that its driver has freed meanwhile. */
static void memctl_page_free_handed(struct memctl_page *mp)
{
	memctl_mm_drop(mp);
	memctl_page_gone_for_good(mp, mp->page);
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
	bool rounded = false;
	int err = 0;

	for (;;) {
		xa_lock(&provider->pages);
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
		if (!err && READ_ONCE(mp->state) == MEMCTL_IDLE && !memctl_page_isolate(mp, false))
			err = -EAGAIN;
		if (!err && !rounded) {
			err = memctl_round_begin(mp);
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

void memctl_page_touch(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;

	if (READ_ONCE(mp->state) == MEMCTL_IDLE)
		return;		/* the lock that migrate() takes keeps it from being prepared */
	xa_lock(&provider->pages);
	if (mp->state == MEMCTL_PREPARED)
		memctl_round_unprepare(mp);
	else
		mp->touched = true;
	xa_unlock(&provider->pages);
}
EXPORT_SYMBOL_GPL(memctl_page_touch);

bool memctl_page_prepared(struct memctl_page *mp)
{
	return !READ_ONCE(mp->touched);
}
EXPORT_SYMBOL_GPL(memctl_page_prepared);

struct page *memctl_page(const struct memctl_page *mp)
{
	return READ_ONCE(mp->page);
}
EXPORT_SYMBOL_GPL(memctl_page);

void *memctl_page_data(const struct memctl_page *mp)
{
	return mp->data;
}
EXPORT_SYMBOL_GPL(memctl_page_data);

struct memctl_provider *memctl_page_provider(const struct memctl_page *mp)
{
	return mp->provider;
}
EXPORT_SYMBOL_GPL(memctl_page_provider);

bool memctl_peek(struct page *page)
{
	return memctl_mm_peek(page);
}
EXPORT_SYMBOL_GPL(memctl_peek);

int memctl_movable_init(void)
{
	memctl_page_cache = KMEM_CACHE(memctl_page, 0);
	return memctl_page_cache ? 0 : -ENOMEM;
}

void memctl_movable_exit(void)
{
	kmem_cache_destroy(memctl_page_cache);
}
