/* SPDX-License-Identifier: GPL-2.0 */
/*
 * memctl_test_provider.ko: a provider for tests, "test", a driver that is right itself,
 * and gives memctl and the VM trouble as its parameters say. Each of its pages has a
 * pattern that tells the pages apart.
 *
 *   faults.c    the parameters, and the operations that do as they say
 *   control.c   the files in debugfs
 *   pages.c     the table of pages
 *   content.c   their patterns
 *   queue.c     pages to be freed while they are isolated
 *   own.c       the driver's own list of its pages, and its use of pages taken back
 *   pin.c       pages that stay where they are
 *   refused.c   what memctl_page_make() does not take
 *   counters.c  what is counted, and what must hold
 *   main.c      loading and unloading
 *
 * Locks: test_mutex -> slot->lock, test_mutex -> test_queue_lock.
 *
 * - test_mutex: the table, which slots are movable, and what memctl_page_make(),
 *   _unmake() and _free() are called under. These wait for operations, so no
 *   operation takes it.
 * - slot->lock, a spinlock: where the page is, its content and what the operations
 *   note. Content is used, and memctl_page_touch() called, under the same lock as
 *   migrate() copies under.
 * - test_queue_lock, a spinlock: the queue.
 * - test_own_lock, a spinlock: the driver's own lists. None of the spinlocks is taken
 *   inside another.
 *
 * What is read without its lock, to be shown or checked, is read with READ_ONCE().
 * Where no operation runs for a slot nor can begin, because it is new, freed or
 * unmade, test_mutex alone is enough. Unloading takes no mutex for what it does
 * when the files are gone and the queue has stopped: it is alone.
 */
#ifndef MEMCTL_TEST_PROVIDER_H
#define MEMCTL_TEST_PROVIDER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <memctl/movable.h>

struct seq_file;

/* A page of the driver's. */
struct test_slot {
	struct list_head node;		/* test_slots, under test_mutex */
	struct list_head queue;		/* test_queue, under test_queue_lock */
	u64 seed;			/* what its pattern is made of; never the same twice */
	struct list_head own;		/* test_own, under test_own_lock: neither away nor unmade */
	struct memctl_page *handle;	/* NULL: not movable */
	bool pinned;			/* under test_mutex */
	unsigned long pinned_pfn;	/* where it was then */
	spinlock_t lock;		/* what is below, and the content */
	struct page *page;
	unsigned int tries;		/* -EAGAIN answered so far */
	bool isolated;			/* let go, and neither moved nor come back */
	unsigned long old_pfn;		/* moved from there, and done() has not told; 0: told */
	atomic_t running;		/* operations */
};

/* Since loading. When the VM is done, isolated = migrated + putback + freed_isolated. */
struct test_counters {
	atomic64_t asked;		/* isolate() called */
	atomic64_t refused;		/* answered false */
	atomic64_t isolated;		/* answered true */
	atomic64_t declined;		/* rounds that prepare() declined */
	atomic64_t prepare;		/* rounds begun */
	atomic64_t prepared;		/* pages in them */
	atomic64_t done;		/* rounds over */
	atomic64_t migrate;		/* called: migrated + again + failed */
	atomic64_t migrated;		/* answered 0: told + untold, when the VM is done */
	atomic64_t told;		/* of these: told by done() */
	atomic64_t untold;		/* of these: freed or unmade before */
	atomic64_t unprepared;		/* of these: touched after prepare() */
	atomic64_t again;		/* answered -EAGAIN */
	atomic64_t failed;		/* answered another error */
	atomic64_t putback;
	atomic64_t freed_isolated;	/* freed while the VM had them */
	atomic64_t allocated;		/* pages: allocated = freed + those there are */
	atomic64_t freed;
	atomic64_t violations;		/* calls that movable.h does not allow */
};

/* main.c */
extern struct memctl_provider *test_provider;

/* faults.c */
extern const struct memctl_movable_ops test_ops;

/* counters.c */
extern struct test_counters test_counters;

void test_expect(bool right, const char *what);		/* else: a violation; any context */
void test_counters_show(struct seq_file *file);
void test_counters_end(void);				/* warns when they do not balance */

/* content.c */
void test_fill(struct test_slot *slot);			/* a slot that is not movable yet */
unsigned long test_count_wrong(unsigned long *movable);	/* under test_mutex; adds to @movable */

/*
 * pages.c. All under test_mutex, but for test_pages_end().
 *
 * test_have() makes all pages movable, and adds or frees some until there are nr;
 * test_free_some() frees nr and makes the others movable. What was done before an
 * error stays done.
 */
extern struct mutex test_mutex;
extern struct list_head test_slots;
extern unsigned long test_nr;

int test_have(unsigned long nr);
int test_free_some(unsigned long nr);
int test_unmake_some(unsigned long nr);			/* -ENOENT: there were fewer */
void test_remove(struct test_slot *slot);		/* frees page and slot */
void test_pages_end(void);				/* the provider is gone, the pages go too */

/*
 * queue.c. test_queue_add() does not sleep, and does nothing for a slot that is in
 * the queue, nor after test_queue_end(). That waits for the worker, which takes
 * test_mutex. test_queue_del() is for a slot that goes.
 */
void test_queue_add(struct test_slot *slot);
void test_queue_del(struct test_slot *slot);
void test_queue_end(void);

/*
 * own.c. A slot is in the driver's list while its page is movable and not isolated. A
 * page taken back is used as a driver may use its own: private points to the slot, lru is
 * in a list. test_own_take() checks that it came back like any other.
 */
void test_own_add(struct test_slot *slot);
void test_own_del(struct test_slot *slot);
void test_own_take(struct test_slot *slot);
void test_own_leave(struct test_slot *slot);
unsigned long test_own_count(void);

/* pin.c, under test_mutex: pins the first nr movable pages that are not, or lets all go (0). */
int test_pin_some(unsigned long nr);
void test_unpin(struct test_slot *slot);
unsigned long test_count_pinned(void);

/* refused.c: tries what is not to be taken, and says what came of it. */
void test_refused_show(struct seq_file *file);

/* control.c */
void test_control_init(void);
void test_control_exit(void);

#endif /* MEMCTL_TEST_PROVIDER_H */
