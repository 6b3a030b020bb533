// SPDX-License-Identifier: GPL-2.0
/*
 * What makes the pages movable: the operations of a provider, for a device that reaches
 * memory through translations. Read this file first to write a driver of your own;
 * docs/drivers.md ("A device behind an IOMMU") goes along.
 *
 * The content moves to another page, and the device's address for it stays:
 *
 *   prepare()  the device loses its mappings of all pages of the round, and is told to
 *              forget its translations once
 *   migrate()  the CPU copies a page; nobody else can see it meanwhile
 *   done()     the device gets its mappings back, at the same addresses: nothing to forget,
 *              for what was not mapped is cached nowhere
 *
 * A job that needs a page in between maps it itself (edu_job_step()), and pins it: a pinned
 * page is left alone here, and memctl does not call migrate() for it.
 *
 * edu->lock is only tried in all four operations. Its holder may be allocating page tables,
 * and that allocation may be what compacts memory and has called us, in the same task.
 */
#include <linux/highmem.h>
#include <linux/sched.h>

#include "edu.h"

static struct edu_device *edu_of_round(const struct memctl_round *round)
{
	return memctl_provider_data(memctl_round_provider(round));
}

/*
 * Whatever the number of pages, the device is told once. Where the lock is not to be had
 * the round is declined whatever the mode: nothing was done, and the VM will ask again. A
 * driver that has to wait here for its device to stop declines MIGRATE_ASYNC for that, too.
 */
static int edu_prepare(struct memctl_round *round, enum migrate_mode mode)
{
	struct edu_device *edu = edu_of_round(round);
	struct memctl_page *page;

	if (!mutex_trylock(&edu->lock))
		return -EAGAIN;
	memctl_round_for_each(page, round) {
		/* At work for the device. Asked under the lock that edu_job_step() takes. */
		if (!memctl_page_is_pinned(page))
			edu_slot_unmap(memctl_page_data(page));
		cond_resched();
	}
	edu_forget(edu);
	mutex_unlock(&edu->lock);
	return 0;
}

static int edu_migrate(struct memctl_page *page, struct page *dst, enum migrate_mode mode)
{
	struct edu_slot *slot = memctl_page_data(page);
	struct edu_device *edu = slot->buffer->edu;

	if (!mutex_trylock(&edu->lock))
		return -EAGAIN;
	/*
	 * A job has used it since prepare(), so memctl_page_prepared() is false, or it was
	 * pinned then: what prepare() does for many is done for this one.
	 */
	if (slot->mapped) {
		edu_slot_unmap(slot);
		edu_forget(edu);
	}
	copy_highpage(dst, slot->page);
	slot->page = dst;
	mutex_unlock(&edu->lock);
	return 0;
}

/*
 * A mapping that cannot be made now, for want of the lock or of memory, is no loss: the page
 * has its content, and the next job that uses it maps it, or fails with the errno.
 */
static void edu_done(struct memctl_round *round)
{
	struct edu_device *edu = edu_of_round(round);
	struct memctl_page *page;

	if (!mutex_trylock(&edu->lock))
		return;
	memctl_round_for_each_moved(page, round) {
		if (edu_slot_map(memctl_page_data(page)))
			break;
		cond_resched();
	}
	mutex_unlock(&edu->lock);
}

/* The page stays where it is: its mapping comes back as it was, or with the next job. */
static void edu_putback(struct memctl_page *page)
{
	struct edu_slot *slot = memctl_page_data(page);
	struct edu_device *edu = slot->buffer->edu;

	if (!mutex_trylock(&edu->lock))
		return;
	edu_slot_map(slot);
	mutex_unlock(&edu->lock);
}

/* No isolate(): what must not move now is pinned, and memctl knows. */
const struct memctl_movable_ops edu_movable_ops = {
	.prepare = edu_prepare,
	.migrate = edu_migrate,
	.putback = edu_putback,
	.done = edu_done,
};
