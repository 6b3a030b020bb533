/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Providers and pages as memctl itself sees them. Drivers see movable.h only.
 *
 * Lock order: page lock -> provider->lock -> provider->wait.lock and the xarray's own, and
 * memctl_providers_lock (a mutex) before all of them. The driver's operations are
 * called with none of memctl's locks held.
 */
#ifndef MEMCTL_PROVIDER_PROVIDER_H
#define MEMCTL_PROVIDER_PROVIDER_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <memctl/movable.h>

#include "mm/binding.h"

/* Kinds of failure that are counted apart; the last slot gathers the rest. */
#define MEMCTL_FAILURES 6

enum memctl_state {
	MEMCTL_IDLE,
	MEMCTL_ASKING,
	MEMCTL_ISOLATED,
	MEMCTL_PREPARING,
	MEMCTL_PREPARED,
	MEMCTL_MOVING,
	MEMCTL_MOVED,
	MEMCTL_COMMITTING,
	MEMCTL_RETURNING,
	MEMCTL_FREED,
};

struct memctl_page {
	struct memctl_mm mm;		/* the binding's own, and what is used without a lock */
	struct page *page;
	struct memctl_provider *provider;
	struct memctl_round *round;	/* the round it was prepared in */
	void *data;
	unsigned long old_pfn;		/* MOVED, COMMITTING: of the page it was on */
	struct list_head node;		/* ->isolated or ->freed, or a round's ->pages or ->moved */
	enum memctl_state state;	/* written by memctl_page_set() only */
	u8 declined;			/* the mode in which prepare() declined, plus 1; 0: none */
	bool leaving;			/* being freed or unmade: not for the VM any more */
	bool evacuating;		/* isolated by evacuation, not by the VM */
	bool returned;			/* given back by the VM while PREPARING */
};

struct memctl_failure {
	int error;			/* positive errno; 0: free slot, or the last */
	u64 count;
};

struct memctl_counters {
	u64 pages;
	u64 isolated;
	u64 migrated;
	u64 retried;
	u64 refused;
	u64 failed;
	u64 batches;
	u64 bytes;
	u64 longest_pause;		/* ns */
	struct memctl_failure failures[MEMCTL_FAILURES];
};

struct memctl_provider {
	char name[MEMCTL_NAME_MAX + 1];
	const struct memctl_movable_ops *ops;
	void *data;
	int node;			/* where evacuation is to move to, or NUMA_NO_NODE */
	struct list_head list;		/* memctl_providers */
	struct kref ref;
	spinlock_t lock;		/* all below, and the states of its pages */
	struct xarray pages;		/* pfn -> struct memctl_page; stored to under the lock */
	struct list_head isolated;	/* ISOLATED pages of no round */
	struct list_head freed;		/* FREED pages that the VM has still */
	struct list_head rounds;	/* with pages that have not left them */
	struct list_head closing;	/* rounds that wait for their done() */
	struct memctl_counters counters;
	unsigned int finishing;		/* rounds whose done() runs */
	unsigned int unfreed;		/* FREED pages that the VM or evacuation has still */
	bool closed;			/* no new pages, no new isolation */
	wait_queue_head_t wait;		/* for a state that no operation runs in */
	struct delayed_work sweep;
};

struct memctl_round {
	struct memctl_provider *provider;
	struct list_head pages;		/* PREPARING, PREPARED, MOVING */
	struct list_head moved;		/* MOVED, COMMITTING */
	struct list_head node;		/* provider->rounds, then ->closing */
	unsigned int nr;
	unsigned int open;		/* pages that have neither left the round nor moved */
	ktime_t begun;
};

/* provider.c: the list of providers. */
struct memctl_provider *memctl_provider_at(unsigned int index);
struct memctl_provider *memctl_provider_find(const char *name);
void memctl_provider_put(struct memctl_provider *provider);
unsigned int memctl_provider_generation(void);
void memctl_provider_counters(struct memctl_provider *provider,
			      struct memctl_counters *counters);
/* The name of the provider that this points to, if there still is one; else false. */
bool memctl_provider_name(const void *which, char *name);

/* page.c. No lock of memctl's is held; pages are not locked. */
int memctl_pages_init(void);
void memctl_pages_exit(void);
bool memctl_page_reap(struct memctl_page *mp);
void memctl_page_try_unmake(struct memctl_page *mp);
void memctl_page_free_evacuated(struct memctl_page *mp);

/*
 * migrate.c: what a binding calls, and evacuation, which puts back what it has claimed. No
 * lock of memctl's is held. The page is locked where it migrates.
 */
extern const struct memctl_mm_ops memctl_page_ops;
int memctl_page_migrate(struct memctl_page *mp, struct page *dst,
			enum migrate_mode mode);
void memctl_page_putback(struct memctl_page *mp);

/* migrate.c: the ends of ASKING and RETURNING, begun under the lock. */
bool memctl_page_ask(struct memctl_page *mp);
void memctl_page_return(struct memctl_page *mp);

/*
 * round.c. memctl_round_leave(), _moved() and _drop_touched() under the lock, the others
 * without. The last has a page that was used since it was prepared wait for a next round.
 */
int memctl_round_begin(struct memctl_page *first, bool evacuating, enum migrate_mode mode);
void memctl_round_leave(struct memctl_page *mp);
void memctl_round_moved(struct memctl_page *mp);
void memctl_round_drop_touched(struct memctl_page *mp);
void memctl_rounds_close(struct memctl_provider *provider);

/* sweep.c: finds out what the VM does not tell. */
extern struct workqueue_struct *memctl_queue;
int memctl_sweep_init(void);
void memctl_sweep_exit(void);
void memctl_sweep(struct work_struct *work);
void memctl_sweep_soon(struct memctl_provider *provider);
void memctl_sweep_now(struct memctl_provider *provider);

/* hibernate.c: is hibernation under way, by an image that leaves pages out? */
bool memctl_hibernation_begun(void);
int memctl_hibernation_init(void);
void memctl_hibernation_exit(void);

static inline struct memctl_page *memctl_page_of(struct memctl_mm *mm)
{
	return container_of(mm, struct memctl_page, mm);
}

/* Under the lock; read without it by who waits, and by memctl_page_trypin(). */
static inline void memctl_page_set(struct memctl_page *mp, enum memctl_state state)
{
	lockdep_assert_held(&mp->provider->lock);
	WRITE_ONCE(mp->state, state);
}

/* Is an operation of the driver's running for the page? For certain under the lock. */
static inline bool memctl_page_busy(const struct memctl_page *mp)
{
	enum memctl_state state = READ_ONCE(mp->state);

	return state == MEMCTL_ASKING || state == MEMCTL_PREPARING || state == MEMCTL_MOVING ||
	       state == MEMCTL_COMMITTING || state == MEMCTL_RETURNING;
}

/* Has the VM or evacuation the page, with no operation running? Under the lock. */
static inline bool memctl_page_away(const struct memctl_page *mp)
{
	return mp->state == MEMCTL_ISOLATED || mp->state == MEMCTL_PREPARED;
}

static inline bool memctl_page_pinned(const struct memctl_page *mp)
{
	return atomic_read(&mp->mm.pins);
}

/*
 * Begins ASKING, for the VM or for evacuation; memctl_page_ask() is to follow. False: the
 * page is not to be had now. Under the lock.
 */
static inline bool memctl_page_claim(struct memctl_page *mp, bool evacuating)
{
	if (mp->state != MEMCTL_IDLE || mp->leaving || mp->provider->closed ||
	    memctl_page_pinned(mp))
		return false;
	memctl_page_set(mp, MEMCTL_ASKING);
	mp->evacuating = evacuating;
	return true;
}

/* An operation has ended: those who wait for that may look again. */
static inline void memctl_wake(struct memctl_provider *provider)
{
	if (wq_has_sleeper(&provider->wait))
		wake_up_all(&provider->wait);
}

#endif /* MEMCTL_PROVIDER_PROVIDER_H */
