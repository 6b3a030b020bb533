// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters, and the operations: right but for what the parameters ask for.
 * Each checks that memctl calls it as movable.h says.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/moduleparam.h>

#include "provider.h"

static unsigned int refuse_every;
module_param(refuse_every, uint, 0644);
MODULE_PARM_DESC(refuse_every, "isolate() refuses every n-th time (0: never)");

static unsigned int again;
module_param(again, uint, 0644);
MODULE_PARM_DESC(again, "migrate() answers -EAGAIN that many times for each move of a page");

static unsigned int error;
module_param(error, uint, 0644);
MODULE_PARM_DESC(error, "errno that migrate() fails with, see error_every (0: none)");

static unsigned int error_every = 1;
module_param(error_every, uint, 0644);
MODULE_PARM_DESC(error_every, "migrate() fails with error every n-th time");

static unsigned int slow_us;
module_param(slow_us, uint, 0644);
MODULE_PARM_DESC(slow_us, "migrate() sleeps that long, in microseconds");

static unsigned int free_isolated;
module_param(free_isolated, uint, 0644);
MODULE_PARM_DESC(free_isolated, "every n-th page that is isolated is freed meanwhile (0: none)");

static bool decline_async;
module_param(decline_async, bool, 0644);
MODULE_PARM_DESC(decline_async, "prepare() declines in mode MIGRATE_ASYNC");

static bool prepare_waits;
module_param(prepare_waits, bool, 0644);
MODULE_PARM_DESC(prepare_waits, "prepare() waits as long as this is set");

static bool preparing;
module_param(preparing, bool, 0444);
MODULE_PARM_DESC(preparing, "prepare() waits now");

/* Is it the n-th time of n? Counts in its own counter. */
static bool test_nth(atomic64_t *count, unsigned int every)
{
	return every && atomic64_inc_return(count) % every == 0;
}

static void test_enter(struct test_slot *slot)
{
	test_expect(atomic_inc_return(&slot->running) == 1, "two operations run for one page");
}

static void test_leave(struct test_slot *slot)
{
	atomic_dec(&slot->running);
}

static bool test_isolate(struct memctl_page *page)
{
	static atomic64_t refusals, frees;
	struct test_slot *slot = memctl_page_data(page);

	atomic64_inc(&test_counters.asked);
	if (test_nth(&refusals, READ_ONCE(refuse_every))) {
		atomic64_inc(&test_counters.refused);
		return false;
	}
	test_enter(slot);
	spin_lock(&slot->lock);
	test_expect(!slot->isolated, "a page is isolated twice");
	test_expect(!slot->old_pfn, "a page is isolated before its last round was done");
	slot->isolated = true;
	spin_unlock(&slot->lock);
	test_own_del(slot);
	atomic64_inc(&test_counters.isolated);
	if (test_nth(&frees, READ_ONCE(free_isolated)))
		test_queue_add(slot);
	test_leave(slot);
	return true;
}

static int test_prepare(struct memctl_round *round, enum migrate_mode mode)
{
	struct memctl_page *page;
	unsigned int nr = 0;

	if (mode == MIGRATE_ASYNC && READ_ONCE(decline_async)) {
		atomic64_inc(&test_counters.declined);
		return -EAGAIN;
	}
	while (READ_ONCE(prepare_waits)) {
		WRITE_ONCE(preparing, true);
		msleep(20);
	}
	WRITE_ONCE(preparing, false);
	memctl_round_for_each(page, round) {
		struct test_slot *slot = memctl_page_data(page);

		test_enter(slot);
		test_expect(READ_ONCE(slot->isolated), "a page is prepared that is not isolated");
		test_leave(slot);
		nr++;
	}
	test_expect(nr && nr == memctl_round_pages(round), "a round does not have its pages");
	atomic64_inc(&test_counters.prepare);
	atomic64_add(nr, &test_counters.prepared);
	return 0;
}

static int test_move(struct test_slot *slot, struct page *dst)
{
	static atomic64_t errors;
	unsigned int err = READ_ONCE(error);

	if (err && test_nth(&errors, READ_ONCE(error_every)))
		return -(int)err;
	if (slot->tries < READ_ONCE(again)) {
		slot->tries++;
		return -EAGAIN;
	}
	copy_highpage(dst, slot->page);
	slot->old_pfn = page_to_pfn(slot->page);
	slot->page = dst;
	slot->tries = 0;
	slot->isolated = false;
	return 0;
}

static int test_migrate(struct memctl_page *page, struct page *dst, enum migrate_mode mode)
{
	struct test_slot *slot = memctl_page_data(page);
	unsigned int us = READ_ONCE(slow_us);
	int err;

	test_enter(slot);
	atomic64_inc(&test_counters.migrate);
	if (us)
		fsleep(us);
	spin_lock(&slot->lock);
	test_expect(slot->isolated, "a page is migrated that is not isolated");
	test_expect(memctl_page(page) == slot->page, "a handle names another page");
	test_expect(!READ_ONCE(slot->pinned), "a pinned page is migrated");
	if (!memctl_page_prepared(page))
		atomic64_inc(&test_counters.unprepared);
	err = test_move(slot, dst);
	spin_unlock(&slot->lock);
	if (!err)
		test_own_add(slot);
	if (!err)
		atomic64_inc(&test_counters.migrated);
	else if (err == -EAGAIN)
		atomic64_inc(&test_counters.again);
	else
		atomic64_inc(&test_counters.failed);
	test_leave(slot);
	return err;
}

static void test_putback(struct memctl_page *page)
{
	struct test_slot *slot = memctl_page_data(page);

	test_enter(slot);
	spin_lock(&slot->lock);
	test_expect(slot->isolated, "a page comes back that was not isolated");
	slot->isolated = false;
	spin_unlock(&slot->lock);
	test_own_add(slot);
	atomic64_inc(&test_counters.putback);
	test_leave(slot);
}

static void test_done(struct memctl_round *round)
{
	struct memctl_page *page;

	test_expect(memctl_round_provider(round) == test_provider, "a round is another provider's");
	memctl_round_for_each_moved(page, round) {
		struct test_slot *slot = memctl_page_data(page);

		test_enter(slot);
		spin_lock(&slot->lock);
		test_expect(memctl_page(page) == slot->page, "done() tells of another page");
		test_expect(slot->old_pfn && memctl_page_old_pfn(page) == slot->old_pfn,
			    "done() does not tell where a page was");
		slot->old_pfn = 0;
		spin_unlock(&slot->lock);
		atomic64_inc(&test_counters.told);
		test_leave(slot);
	}
	atomic64_inc(&test_counters.done);
}

const struct memctl_movable_ops test_ops = {
	.isolate = test_isolate,
	.prepare = test_prepare,
	.migrate = test_migrate,
	.putback = test_putback,
	.done = test_done,
};
