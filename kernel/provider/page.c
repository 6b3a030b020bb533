// SPDX-License-Identifier: GPL-2.0
/*
 * A driver's side of a page: made movable, used, unmade, freed. migrate.c has the
 * VM's side; the table in movable.h says who changes which state.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "provider/provider.h"

static struct kmem_cache *memctl_page_cache;

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

/* Evacuation lets go of a page that its driver has freed meanwhile. */
void memctl_page_free_handed(struct memctl_page *mp)
{
	memctl_mm_drop(mp);
	memctl_page_gone_for_good(mp, mp->page);
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

int memctl_pages_init(void)
{
	memctl_page_cache = KMEM_CACHE(memctl_page, 0);
	return memctl_page_cache ? 0 : -ENOMEM;
}

void memctl_pages_exit(void)
{
	kmem_cache_destroy(memctl_page_cache);
}
