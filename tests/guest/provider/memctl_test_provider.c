// SPDX-License-Identifier: GPL-2.0
/*
 * A provider for tests, "test": a driver that is right itself, and gives memctl and
 * the VM trouble as its parameters say. Each of its pages has a pattern that tells
 * the pages apart.
 *
 * In debugfs, directory memctl_test:
 *   pages     write N: have N pages, all movable; read: how many there are
 *   free      write N: free that many
 *   unmake    write N: make that many unmovable; they keep their content
 *   verify    read: pages, movable ones, and how many have wrong contents or an
 *             unlikely owner; it uses the pages, so they are touched
 *   pfns      read: where the pages are, one pfn a line
 *   counters  read: see struct test_counters
 *
 * Locks: test_mutex (the table; held by who frees) -> slot->lock. The operations
 * take slot->lock and test_queue_lock, both spinlocks, and never the mutex.
 */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <memctl/movable.h>

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

#define TEST_WORDS	(PAGE_SIZE / sizeof(u64))

/* A page of the driver's. */
struct test_slot {
	struct list_head node;		/* test_slots, under test_mutex */
	struct list_head queue;		/* test_queue, under test_queue_lock */
	u64 seed;			/* what its pattern is made of; never the same twice */
	struct memctl_page *handle;	/* NULL: not movable */
	spinlock_t lock;		/* what is below, and the content */
	struct page *page;
	unsigned int tries;		/* -EAGAIN answered so far */
	bool isolated;			/* let go, and neither moved nor come back */
	atomic_t running;		/* operations */
};

/* Since loading. When the VM is done, isolated = migrated + putback + freed_isolated. */
static struct test_counters {
	atomic64_t asked;		/* isolate() called */
	atomic64_t refused;		/* answered false */
	atomic64_t isolated;		/* answered true */
	atomic64_t prepare;		/* rounds begun */
	atomic64_t prepared;		/* pages in them */
	atomic64_t done;		/* rounds over */
	atomic64_t migrate;		/* called: migrated + again + failed */
	atomic64_t migrated;		/* answered 0 */
	atomic64_t unprepared;		/* of these: touched after prepare() */
	atomic64_t again;		/* answered -EAGAIN */
	atomic64_t failed;		/* answered another error */
	atomic64_t putback;
	atomic64_t freed_isolated;	/* freed while the VM had them */
	atomic64_t allocated;		/* pages: allocated = freed + those there are */
	atomic64_t freed;
	atomic64_t violations;		/* calls that movable.h does not allow */
} test_counters;

static DEFINE_MUTEX(test_mutex);
static LIST_HEAD(test_slots);
static unsigned long test_nr;
static u64 test_seed;

static DEFINE_SPINLOCK(test_queue_lock);
static LIST_HEAD(test_queue);		/* to be freed while they are isolated */
static bool test_leaving;

static struct memctl_provider *test_provider;
static struct dentry *test_dir;

/* Is it the n-th time of n? Counts in its own counter. */
static bool test_nth(atomic64_t *count, unsigned int every)
{
	return every && atomic64_inc_return(count) % every == 0;
}

static void test_expect(bool right, const char *what)
{
	if (right)
		return;
	atomic64_inc(&test_counters.violations);
	pr_err_ratelimited("memctl_test_provider: %s\n", what);
}

static void test_enter(struct test_slot *slot)
{
	test_expect(atomic_inc_return(&slot->running) == 1, "two operations run for one page");
}

static void test_leave(struct test_slot *slot)
{
	atomic_dec(&slot->running);
}

/* The content */

static u64 test_word(u64 seed, unsigned int i)
{
	return (seed << 16 | i) * 0x9e3779b97f4a7c15ULL;
}

static void test_fill(struct test_slot *slot)
{
	u64 *words = kmap_local_page(slot->page);
	unsigned int i;

	for (i = 0; i < TEST_WORDS; i++)
		words[i] = test_word(slot->seed, i);
	kunmap_local(words);
}

/* A use of the page: the VM has to prepare it again, if it has. */
static bool test_right(struct test_slot *slot)
{
	unsigned int i;
	u64 *words;

	spin_lock(&slot->lock);
	if (slot->handle)
		memctl_page_touch(slot->handle);
	words = kmap_local_page(slot->page);
	for (i = 0; i < TEST_WORDS && words[i] == test_word(slot->seed, i); i++)
		;
	kunmap_local(words);
	spin_unlock(&slot->lock);
	return i == TEST_WORDS;
}

/* The operations */

static void test_free_queued(struct work_struct *work);
static DECLARE_WORK(test_work, test_free_queued);

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
	slot->isolated = true;
	spin_unlock(&slot->lock);
	atomic64_inc(&test_counters.isolated);
	if (test_nth(&frees, READ_ONCE(free_isolated))) {
		spin_lock(&test_queue_lock);
		if (!test_leaving && list_empty(&slot->queue)) {
			list_add_tail(&slot->queue, &test_queue);
			queue_work(system_unbound_wq, &test_work);
		}
		spin_unlock(&test_queue_lock);
	}
	test_leave(slot);
	return true;
}

static void test_prepare(struct memctl_round *round)
{
	struct memctl_page *page;
	unsigned int nr = 0;

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
	if (!memctl_page_prepared(page))
		atomic64_inc(&test_counters.unprepared);
	err = test_move(slot, dst);
	spin_unlock(&slot->lock);
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
	atomic64_inc(&test_counters.putback);
	test_leave(slot);
}

static void test_done(struct memctl_round *round)
{
	test_expect(memctl_round_provider(round) == test_provider, "a round is another provider's");
	atomic64_inc(&test_counters.done);
}

static const struct memctl_movable_ops test_ops = {
	.isolate = test_isolate,
	.prepare = test_prepare,
	.migrate = test_migrate,
	.putback = test_putback,
	.done = test_done,
};

/* The pages. All below holds test_mutex. */

static int test_make(struct test_slot *slot)
{
	struct memctl_page *handle = memctl_page_make(test_provider, slot->page, slot);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	WRITE_ONCE(slot->handle, handle);
	return 0;
}

static int test_add(void)
{
	struct test_slot *slot;
	int err;

	slot = kzalloc(sizeof(*slot), GFP_KERNEL);
	if (!slot)
		return -ENOMEM;
	slot->page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!slot->page) {
		kfree(slot);
		return -ENOMEM;
	}
	INIT_LIST_HEAD(&slot->queue);
	spin_lock_init(&slot->lock);
	slot->seed = ++test_seed;
	test_fill(slot);
	err = test_make(slot);
	if (err) {
		__free_page(slot->page);
		kfree(slot);
		return err;
	}
	list_add_tail(&slot->node, &test_slots);
	test_nr++;
	atomic64_inc(&test_counters.allocated);
	return 0;
}

/* The slot is no longer known to memctl. */
static void test_forget(struct test_slot *slot)
{
	test_expect(!atomic_read(&slot->running), "an operation runs for a page that is gone");
	spin_lock(&test_queue_lock);
	list_del(&slot->queue);
	spin_unlock(&test_queue_lock);
	list_del(&slot->node);
	test_nr--;
	atomic64_inc(&test_counters.freed);
	kfree(slot);
}

static void test_remove(struct test_slot *slot)
{
	if (slot->handle) {
		memctl_page_free(slot->handle);
		if (slot->isolated)
			atomic64_inc(&test_counters.freed_isolated);
	} else {
		__free_page(slot->page);
	}
	test_forget(slot);
}

static void test_unmake(struct test_slot *slot)
{
	struct page *page = memctl_page_unmake(slot->handle);

	WRITE_ONCE(slot->handle, NULL);
	test_expect(page == slot->page, "another page is unmade");
	test_expect(!page_private(page), "a page is unmade, and still bound");
	test_expect(!slot->isolated, "a page is unmade that was not given back");
	test_expect(!atomic_read(&slot->running), "an operation runs for a page that is unmade");
}

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

static int test_have(unsigned long nr)
{
	struct test_slot *slot, *next;
	int err = 0;

	list_for_each_entry_safe(slot, next, &test_slots, node) {
		if (test_nr > nr)
			test_remove(slot);
		else if (!slot->handle)
			err = test_make(slot);
		if (err)
			return err;
		cond_resched();
	}
	while (!err && test_nr < nr) {
		err = test_add();
		cond_resched();
	}
	return err;
}

static int test_free_some(unsigned long nr)
{
	return test_have(test_nr - min(nr, test_nr));
}

static int test_unmake_some(unsigned long nr)
{
	struct test_slot *slot;

	list_for_each_entry(slot, &test_slots, node) {
		if (!nr)
			break;
		if (!slot->handle)
			continue;
		test_unmake(slot);
		nr--;
		cond_resched();
	}
	return nr ? -ENOENT : 0;
}

/* The files. A write waits for the mutex, and answers for what was not done. */

static int test_locked(int (*what)(unsigned long nr), u64 nr)
{
	int err;

	mutex_lock(&test_mutex);
	err = what(nr);
	mutex_unlock(&test_mutex);
	return err;
}

static int test_pages_set(void *data, u64 nr)
{
	return test_locked(test_have, nr);
}

static int test_pages_get(void *data, u64 *nr)
{
	*nr = READ_ONCE(test_nr);
	return 0;
}

static int test_free_set(void *data, u64 nr)
{
	return test_locked(test_free_some, nr);
}

static int test_unmake_set(void *data, u64 nr)
{
	return test_locked(test_unmake_some, nr);
}

DEFINE_DEBUGFS_ATTRIBUTE(test_pages_fops, test_pages_get, test_pages_set, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(test_free_fops, NULL, test_free_set, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(test_unmake_fops, NULL, test_unmake_set, "%llu\n");

static unsigned long test_count_wrong(unsigned long *movable)
{
	struct test_slot *slot;
	unsigned long wrong = 0;

	list_for_each_entry(slot, &test_slots, node) {
		wrong += !test_right(slot);
		*movable += !!slot->handle;
		cond_resched();
	}
	return wrong;
}

static int verify_show(struct seq_file *file, void *data)
{
	unsigned long movable = 0, wrong;

	mutex_lock(&test_mutex);
	wrong = test_count_wrong(&movable);
	seq_printf(file, "pages %lu\nmovable %lu\nwrong %lu\n", test_nr, movable, wrong);
	mutex_unlock(&test_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(verify);

static int pfns_show(struct seq_file *file, void *data)
{
	struct test_slot *slot;

	mutex_lock(&test_mutex);
	list_for_each_entry(slot, &test_slots, node)
		seq_printf(file, "%lu\n", page_to_pfn(READ_ONCE(slot->page)));
	mutex_unlock(&test_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pfns);

#define TEST_SHOW(name) \
	seq_printf(file, #name " %lld\n", (long long)atomic64_read(&test_counters.name))

static int counters_show(struct seq_file *file, void *data)
{
	TEST_SHOW(asked);
	TEST_SHOW(refused);
	TEST_SHOW(isolated);
	TEST_SHOW(prepare);
	TEST_SHOW(prepared);
	TEST_SHOW(done);
	TEST_SHOW(migrate);
	TEST_SHOW(migrated);
	TEST_SHOW(unprepared);
	TEST_SHOW(again);
	TEST_SHOW(failed);
	TEST_SHOW(putback);
	TEST_SHOW(freed_isolated);
	TEST_SHOW(allocated);
	TEST_SHOW(freed);
	TEST_SHOW(violations);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static int __init test_init(void)
{
	test_provider = memctl_provider_register("test", &test_ops, NULL);
	if (IS_ERR(test_provider))
		return PTR_ERR(test_provider);
	test_dir = debugfs_create_dir("memctl_test", NULL);
	debugfs_create_file("pages", 0600, test_dir, NULL, &test_pages_fops);
	debugfs_create_file("free", 0200, test_dir, NULL, &test_free_fops);
	debugfs_create_file("unmake", 0200, test_dir, NULL, &test_unmake_fops);
	debugfs_create_file("verify", 0400, test_dir, NULL, &verify_fops);
	debugfs_create_file("pfns", 0400, test_dir, NULL, &pfns_fops);
	debugfs_create_file("counters", 0400, test_dir, NULL, &counters_fops);
	return 0;
}

/*
 * The pages are still there when the provider goes, some of them isolated. What
 * went wrong then is a warning, for nobody can read it any more.
 */
static void __exit test_exit(void)
{
	struct test_counters *c = &test_counters;
	struct test_slot *slot, *next;
	unsigned long movable = 0;

	debugfs_remove(test_dir);
	spin_lock(&test_queue_lock);
	test_leaving = true;
	spin_unlock(&test_queue_lock);
	cancel_work_sync(&test_work);

	memctl_provider_unregister(test_provider);
	list_for_each_entry(slot, &test_slots, node) {
		slot->handle = NULL;
		test_expect(!slot->isolated, "unregistered while a page is isolated");
		test_expect(!page_private(slot->page), "unregistered, and a page is still bound");
	}
	WARN(test_count_wrong(&movable), "memctl_test_provider: wrong contents at the end\n");
	list_for_each_entry_safe(slot, next, &test_slots, node)
		test_remove(slot);
	WARN(atomic64_read(&c->isolated) != atomic64_read(&c->migrated) +
	     atomic64_read(&c->putback) + atomic64_read(&c->freed_isolated) ||
	     atomic64_read(&c->prepare) != atomic64_read(&c->done),
	     "memctl_test_provider: the counters do not balance at the end\n");
	WARN(atomic64_read(&c->violations), "memctl_test_provider: there were violations\n");
}

module_init(test_init);
module_exit(test_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("A provider that injects faults, for memctl's tests");
