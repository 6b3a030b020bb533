// SPDX-License-Identifier: GPL-2.0
/*
 * Evacuation: moves the providers' pages out of a range, in batches, without the
 * VM. It isolates a batch, has it prepared in one round, and makes up to 10 passes
 * over the pages whose drivers answer -EAGAIN, as the VM does.
 */
#include <linux/gfp.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "evacuate/evacuate.h"
#include "evacuate/target.h"
#include "provider/provider.h"

#define MEMCTL_BATCH	1024	/* pages of one round */
#define MEMCTL_PASSES	10	/* NR_MAX_MIGRATE_PAGES_RETRY of mm/migrate.c */

struct memctl_batch {
	unsigned int nr;
	struct memctl_page *pages[MEMCTL_BATCH];
};

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
	if (err)
		memctl_target_unused(targets, dst);
	else
		put_page(dst);
	return err;
}

/* Moves what can be moved; the rest returns to its driver. */
static void memctl_batch_move(struct memctl_batch *batch, struct memctl_targets *targets,
			      struct memctl_evacuation *ev)
{
	unsigned int pass, i, left = batch->nr;

	for (pass = 0; pass < MEMCTL_PASSES && left && !signal_pending(current); pass++) {
		unsigned int again = 0;

		for (i = 0; i < left; i++) {
			struct memctl_page *mp = batch->pages[i];
			int err = memctl_evacuate_page(mp, targets);

			cond_resched();
			if (!err) {
				ev->moved++;
			} else if (err == -EAGAIN) {
				batch->pages[again++] = mp;
			} else {
				memctl_page_putback(mp);
				ev->failed++;
			}
		}
		left = again;
	}
	for (i = 0; i < left; i++)
		memctl_page_putback(batch->pages[i]);
	ev->failed += left;
}

/* False: a signal came. */
static bool memctl_evacuate_provider(struct memctl_provider *provider, struct memctl_batch *batch,
				     struct memctl_targets *targets, unsigned long end,
				     struct memctl_evacuation *ev)
{
	unsigned long pfn = ev->next;

	while (pfn < end) {
		for (batch->nr = 0; batch->nr < MEMCTL_BATCH && pfn < end; batch->nr++) {
			struct memctl_page *mp;

			mp = memctl_batch_next(provider, &pfn, end, &ev->failed);
			if (!mp)
				break;
			batch->pages[batch->nr] = mp;
		}
		memctl_batch_move(batch, targets, ev);
		if (signal_pending(current))
			return false;
		cond_resched();
	}
	return true;
}

int memctl_evacuate(struct memctl_evacuation *ev)
{
	unsigned long end = min(ev->end, ev->next + min(ev->max, ev->end - ev->next));
	struct memctl_provider *provider;
	struct memctl_targets *targets;
	struct memctl_batch *batch;
	bool whole = true;
	unsigned int i;

	batch = kvmalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	targets = memctl_targets_begin(ev->start, ev->end, ev->node);
	if (!targets) {
		kvfree(batch);
		return -EINTR;
	}
	for (i = 0; whole && (provider = memctl_provider_at(i)); i++) {
		whole = memctl_evacuate_provider(provider, batch, targets, end, ev);
		memctl_provider_put(provider);
	}
	if (whole)
		ev->next = end;
	memctl_targets_end(targets, ev->next == ev->end);
	kvfree(batch);
	return 0;
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
