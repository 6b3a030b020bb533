// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that are freed while they are isolated, by a worker: isolate() cannot.
 */
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "provider.h"

static DEFINE_SPINLOCK(test_queue_lock);
static LIST_HEAD(test_queue);
static bool test_leaving;

/* Takes the mutex for each page: nobody who reads the counters waits for long. */
static void test_free_queued(struct work_struct *work)
{
	struct test_slot *slot;

	do {
		mutex_lock(&test_mutex);
		spin_lock(&test_queue_lock);
		slot = list_first_entry_or_null(&test_queue, struct test_slot, queue);
		if (slot)
			list_del_init(&slot->queue);
		spin_unlock(&test_queue_lock);
		if (slot && slot->handle)
			test_remove(slot);
		mutex_unlock(&test_mutex);
		cond_resched();
	} while (slot);
}

static DECLARE_WORK(test_work, test_free_queued);

void test_queue_add(struct test_slot *slot)
{
	spin_lock(&test_queue_lock);
	if (!test_leaving && list_empty(&slot->queue)) {
		list_add_tail(&slot->queue, &test_queue);
		queue_work(system_unbound_wq, &test_work);
	}
	spin_unlock(&test_queue_lock);
}

void test_queue_del(struct test_slot *slot)
{
	spin_lock(&test_queue_lock);
	list_del(&slot->queue);
	spin_unlock(&test_queue_lock);
}

void test_queue_end(void)
{
	spin_lock(&test_queue_lock);
	test_leaving = true;
	spin_unlock(&test_queue_lock);
	cancel_work_sync(&test_work);
}
