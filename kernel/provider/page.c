// SPDX-License-Identifier: GPL-2.0
/*
 * A driver's side of a page: made movable, unmade, freed. use.c has what a driver says of
 * it meanwhile, migrate.c the VM's side; the table in movable.h says who changes which
 * state.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "provider/provider.h"

static struct kmem_cache *memctl_page_cache;

static struct memctl_page *memctl_page_new(struct memctl_provider *provider, struct page *page,
					   void *data)
{
	struct memctl_page *mp = kmem_cache_zalloc(memctl_page_cache, GFP_KERNEL);

	if (!mp)
		return NULL;
	mp->mm.owner = provider;
	mp->page = page;
	mp->provider = provider;
	mp->data = data;
	mp->state = MEMCTL_RETURNING;	/* nobody's until the VM may have it */
	INIT_LIST_HEAD(&mp->node);
	return mp;
}

/* Enters it under its pfn. -EBUSY: the page is movable already. */
static int memctl_page_link(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	unsigned long pfn = page_to_pfn(mp->page);
	int err;

	err = xa_reserve(&provider->pages, pfn, GFP_KERNEL);
	if (err)
		return err;
	spin_lock(&provider->lock);
	if (xa_load(&provider->pages, pfn)) {
		err = -EBUSY;
	} else if (memctl_hibernation_begun()) {
		xa_release(&provider->pages, pfn);
		err = -EBUSY;
	} else if (provider->closed) {
		xa_release(&provider->pages, pfn);
		err = -ESHUTDOWN;
	} else {
		xa_store(&provider->pages, pfn, mp, 0);		/* reserved */
		provider->counters.pages++;
	}
	spin_unlock(&provider->lock);
	return err;
}

static void memctl_page_unlink(struct memctl_page *mp)
{
	lockdep_assert_held(&mp->provider->lock);
	xa_erase(&mp->provider->pages, page_to_pfn(mp->page));
	mp->provider->counters.pages--;
}

struct memctl_page *memctl_page_make(struct memctl_provider *provider,
				     struct page *page, void *data)
{
	struct memctl_page *mp;
	int err;

	if (!memctl_mm_is_plain(page))
		return ERR_PTR(-EINVAL);
	mp = memctl_page_new(provider, page, data);
	if (!mp)
		return ERR_PTR(-ENOMEM);
	err = memctl_page_link(mp);
	if (err) {
		kmem_cache_free(memctl_page_cache, mp);
		return ERR_PTR(err);
	}
	memctl_mm_make(&mp->mm, page);
	spin_lock(&provider->lock);
	memctl_page_set(mp, MEMCTL_IDLE);
	memctl_wake(provider);	/* under the lock: who waits may free the provider */
	spin_unlock(&provider->lock);
	return mp;
}
EXPORT_SYMBOL_GPL(memctl_page_make);

/*
 * Takes the lock, with the page out of all operations' reach: none runs for it then, and
 * none begins but putback(). What its round was to tell of it is not told.
 */
static void memctl_page_lock_leaving(struct memctl_page *mp)
	__acquires(&mp->provider->lock)
{
	struct memctl_provider *provider = mp->provider;

	spin_lock(&provider->lock);
	mp->leaving = true;
	while (memctl_page_busy(mp)) {
		spin_unlock(&provider->lock);
		wait_event(provider->wait, !memctl_page_busy(mp));
		spin_lock(&provider->lock);
	}
	if (mp->state == MEMCTL_MOVED) {
		list_del_init(&mp->node);
		mp->round = NULL;
		memctl_page_set(mp, MEMCTL_IDLE);
	}
}

/* A FREED page that neither the VM nor evacuation has any more. */
static void memctl_page_release(struct memctl_page *mp, struct page *page)
{
	struct memctl_provider *provider = mp->provider;

	kmem_cache_free(memctl_page_cache, mp);
	put_page(page);
	spin_lock(&provider->lock);
	provider->unfreed--;
	spin_unlock(&provider->lock);
}

/* Frees a FREED page, with its handle, if the VM does not have it. */
bool memctl_page_reap(struct memctl_page *mp)
{
	struct page *page = memctl_mm_remove(&mp->mm, mp->page);

	if (!page)
		return false;
	memctl_page_release(mp, page);
	return true;
}

void memctl_page_free(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	bool evacuated = false;

	memctl_page_lock_leaving(mp);
	if (memctl_page_away(mp)) {
		memctl_round_leave(mp);
		provider->counters.isolated--;
		evacuated = mp->evacuating;
	}
	provider->unfreed++;
	memctl_page_set(mp, MEMCTL_FREED);
	memctl_page_unlink(mp);
	spin_unlock(&provider->lock);
	memctl_rounds_close(provider);

	if (evacuated)
		return;		/* evacuation frees it: see memctl_page_putback() */
	if (memctl_page_reap(mp))
		return;
	spin_lock(&provider->lock);
	list_add_tail(&mp->node, &provider->freed);
	spin_unlock(&provider->lock);
	memctl_sweep_soon(provider);
}
EXPORT_SYMBOL_GPL(memctl_page_free);

/* The page, out of the VM's reach, once it has been given back. */
static struct page *memctl_page_wait_removed(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;
	struct page *page = NULL;

	for (;;) {
		memctl_sweep_now(provider);
		if (!memctl_mm_is_silent())
			wait_event(provider->wait, READ_ONCE(mp->state) == MEMCTL_IDLE);
		if (READ_ONCE(mp->state) == MEMCTL_IDLE)
			page = memctl_mm_remove(&mp->mm, mp->page);
		if (page)
			return page;
		schedule_timeout_uninterruptible(1);
	}
}

/* The page is the driver's alone again, and the handle is gone. */
static void memctl_page_end(struct memctl_page *mp, struct page *page)
{
	struct memctl_provider *provider = mp->provider;

	memctl_mm_make_plain(page);
	spin_lock(&provider->lock);
	memctl_page_unlink(mp);
	spin_unlock(&provider->lock);
	kmem_cache_free(memctl_page_cache, mp);
}

struct page *memctl_page_unmake(struct memctl_page *mp)
{
	struct page *page;

	memctl_page_lock_leaving(mp);
	spin_unlock(&mp->provider->lock);
	page = memctl_page_wait_removed(mp);
	memctl_page_end(mp, page);
	return page;
}
EXPORT_SYMBOL_GPL(memctl_page_unmake);

/*
 * Of a provider that closes: unmakes the page unless the VM has it, which is then tried
 * again. To wait for one page after the other takes minutes where a block goes offline
 * meanwhile: the VM lets go of all of them for a moment, and takes them again.
 */
void memctl_page_try_unmake(struct memctl_page *mp)
{
	struct page *page = NULL;
	bool idle;

	memctl_page_lock_leaving(mp);
	idle = mp->state == MEMCTL_IDLE;
	spin_unlock(&mp->provider->lock);
	if (idle)
		page = memctl_mm_remove(&mp->mm, mp->page);
	if (page)
		memctl_page_end(mp, page);
}

/* Evacuation lets go of a page that its driver has freed meanwhile. */
void memctl_page_free_evacuated(struct memctl_page *mp)
{
	memctl_mm_drop(&mp->mm, mp->page);
	memctl_page_release(mp, mp->page);
}

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

int memctl_pages_init(void)
{
	memctl_page_cache = KMEM_CACHE(memctl_page, 0);
	if (!memctl_page_cache)
		return -ENOMEM;
	return memctl_mm_bind_init(&memctl_page_ops);
}

void memctl_pages_exit(void)
{
	kmem_cache_destroy(memctl_page_cache);
}
