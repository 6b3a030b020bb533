// SPDX-License-Identifier: GPL-2.0
/*
 * Evacuation: moves the providers' pages out of a range, in large rounds, without the
 * VM. It isolates a batch, has it prepared in one round, and makes up to 10 passes
 * over the pages whose drivers answer -EAGAIN, as the VM does.
 */
#include <linux/gfp.h>
#include <linux/memory_hotplug.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "evacuate/evacuate.h"
#include "evacuate/target.h"
#include "provider/provider.h"

#define MEMCTL_PASSES		10	/* NR_MAX_MIGRATE_PAGES_RETRY of mm/migrate.c */
#define MEMCTL_PASSES_CLEAN	5	/* in the first of them, pages in use wait for the next */

/* Some pages of a batch, in a page of memory. */
struct memctl_chunk {
	struct list_head node;
	unsigned int nr;
	struct memctl_page *pages[];	/* NULL: is done with */
};

#define MEMCTL_CHUNK_PAGES							\
	((PAGE_SIZE - sizeof(struct memctl_chunk)) / sizeof(struct memctl_page *))

/* The pages of one round. */
struct memctl_batch {
	struct list_head chunks;
	unsigned int nr;
};

/* One at a time, so that what is held, and isolated, is bounded for all requests together. */
static DEFINE_MUTEX(memctl_evacuate_lock);

/* The first page at or above *pfn that its driver lets go; *pfn follows it. */
static struct memctl_page *memctl_batch_next(struct memctl_provider *provider,
					     unsigned long *pfn, unsigned long end, u64 *refused)
{
	struct memctl_page *mp;
	bool claimed;

	for (;;) {
		spin_lock(&provider->lock);
		mp = xa_find(&provider->pages, pfn, end - 1, XA_PRESENT);
		claimed = mp && memctl_page_claim(mp, true);
		spin_unlock(&provider->lock);
		if (!mp) {
			*pfn = end;
			return NULL;
		}
		(*pfn)++;
		if (claimed && memctl_page_ask(mp))
			return mp;
		(*refused)++;
		if (*pfn >= end)
			return NULL;
	}
}

/* Room for one more page in the last chunk; NULL: there is no memory. */
static struct memctl_chunk *memctl_batch_room(struct memctl_batch *batch)
{
	struct memctl_chunk *chunk;

	if (!list_empty(&batch->chunks)) {
		chunk = list_last_entry(&batch->chunks, struct memctl_chunk, node);
		if (chunk->nr < MEMCTL_CHUNK_PAGES)
			return chunk;
	}
	chunk = kmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	if (!chunk)
		return NULL;
	chunk->nr = 0;
	list_add_tail(&chunk->node, &batch->chunks);
	return chunk;
}

/* Claims up to max pages of [*pfn, end); *pfn is behind the last then. */
static int memctl_batch_fill(struct memctl_batch *batch, struct memctl_provider *provider,
			     unsigned long *pfn, unsigned long end, unsigned int max, u64 *refused)
{
	while (*pfn < end && batch->nr < max && !signal_pending(current)) {
		struct memctl_chunk *chunk = memctl_batch_room(batch);
		struct memctl_page *mp;

		if (!chunk)
			return batch->nr ? 0 : -ENOMEM;
		mp = memctl_batch_next(provider, pfn, end, refused);
		if (!mp)
			break;
		chunk->pages[chunk->nr++] = mp;
		batch->nr++;
		cond_resched();
	}
	return 0;
}

static void memctl_batch_free(struct memctl_batch *batch)
{
	struct memctl_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, &batch->chunks, node)
		kfree(chunk);
}

/* 0, or why the page is where it was. */
static int memctl_evacuate_page(struct memctl_page *mp, struct memctl_targets *targets)
{
	struct page *src = memctl_page(mp), *dst;
	int err;

	dst = memctl_target_get(targets, src);
	if (!dst)
		return -ENOMEM;
	get_page(src);
	lock_page(src);
	lock_page(dst);
	err = memctl_page_migrate(mp, dst, MIGRATE_SYNC);
	unlock_page(dst);
	unlock_page(src);
	put_page(src);
	put_page(dst);
	return err;
}

/*
 * Would it need a round of its own now, for it was used since it was prepared? With the next
 * pass it shares one with all that were.
 */
static bool memctl_evacuate_later(struct memctl_page *mp)
{
	struct memctl_provider *provider = mp->provider;

	if (READ_ONCE(mp->state) == MEMCTL_PREPARED && READ_ONCE(mp->mm.touched)) {
		spin_lock(&provider->lock);
		memctl_round_drop_touched(mp);
		spin_unlock(&provider->lock);
	}
	return READ_ONCE(mp->state) == MEMCTL_ISOLATED;
}

/* Once over the pages of a batch that are left, until a signal comes. */
static void memctl_batch_pass(struct memctl_batch *batch, struct memctl_targets *targets,
			      bool clean, struct memctl_evacuation *ev)
{
	struct memctl_chunk *chunk;
	bool rounded = false;
	unsigned int i;

	list_for_each_entry(chunk, &batch->chunks, node) {
		for (i = 0; i < chunk->nr && !signal_pending(current); i++) {
			struct memctl_page *mp = chunk->pages[i];
			int err;

			cond_resched();
			if (!mp || (rounded && clean && memctl_evacuate_later(mp)))
				continue;
			rounded = true;
			err = memctl_evacuate_page(mp, targets);
			if (err == -EAGAIN)
				continue;
			chunk->pages[i] = NULL;
			batch->nr--;
			if (!err) {
				ev->moved++;
			} else {
				memctl_page_putback(mp);
				ev->failed++;
			}
		}
	}
}

/* Moves what can be moved; the rest returns to its driver. */
static void memctl_batch_move(struct memctl_batch *batch, struct memctl_targets *targets,
			      struct memctl_evacuation *ev)
{
	struct memctl_chunk *chunk;
	unsigned int pass, i;

	for (pass = 0; pass < MEMCTL_PASSES && batch->nr && !signal_pending(current); pass++)
		memctl_batch_pass(batch, targets, pass < MEMCTL_PASSES_CLEAN, ev);
	ev->failed += batch->nr;
	list_for_each_entry(chunk, &batch->chunks, node) {
		for (i = 0; i < chunk->nr; i++) {
			if (chunk->pages[i])
				memctl_page_putback(chunk->pages[i]);
			cond_resched();
		}
	}
}

/*
 * One round of up to max of a provider's pages in [ev->next, *end); if it has more, *end is
 * lowered. So many, or an error.
 */
static int memctl_evacuate_provider(struct memctl_provider *provider, unsigned int max,
				    struct memctl_evacuation *ev, unsigned long *end)
{
	struct memctl_batch batch = { .chunks = LIST_HEAD_INIT(batch.chunks) };
	unsigned long pfn = ev->next;
	unsigned int nr;
	struct memctl_targets targets;
	int err;

	err = memctl_batch_fill(&batch, provider, &pfn, *end, max, &ev->failed);
	nr = batch.nr;
	if (!err) {
		*end = pfn;
		memctl_targets_begin(&targets, ev->start, ev->end, batch.nr);
		targets.node = ev->node;
		targets.preferred = READ_ONCE(provider->node);
		memctl_batch_move(&batch, &targets, ev);
		memctl_targets_end(&targets);
	}
	memctl_batch_free(&batch);
	return err ?: nr;
}

int memctl_evacuate(struct memctl_evacuation *ev)
{
	unsigned int i, max = min_t(u64, ev->max, MEMCTL_ROUND_MAX);
	struct memctl_provider *provider;
	unsigned long end = ev->end;
	u64 taken = 0;
	int err;

	err = mutex_lock_interruptible(&memctl_evacuate_lock);
	if (err)
		return err;
	for (i = 0; err >= 0 && max && (provider = memctl_provider_at(i)); i++) {
		err = memctl_evacuate_provider(provider, max, ev, &end);
		memctl_provider_put(provider);
		if (err > 0)
			taken += err;
		if (signal_pending(current))
			end = ev->next;
	}
	ev->max -= min(taken, ev->max);
	if (err >= 0)
		ev->next = end;
	mutex_unlock(&memctl_evacuate_lock);
	return min(err, 0);
}

int memctl_evacuate_has_memory(unsigned long start, unsigned long end)
{
	unsigned long pfn;

	for (pfn = start; pfn < end; pfn = ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION) {
		if (pfn_to_online_page(pfn))
			return 1;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}
