/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a driver includes to make its pages movable: compaction, contiguous
 * allocation (CMA), memory offlining and memctl's own evacuation then move
 * them. docs/drivers.md is the guide, kernel/drivers/heap/ a driver to copy from.
 *
 * A driver registers a provider and makes pages movable, one handle (struct
 * memctl_page) a page. The handle stays with the content: after a migration it
 * names the new page.
 *
 * What is whose: from memctl_page_make() until the page comes back by
 * memctl_page_unmake(), every field of its struct page is memctl's and the VM's: lru,
 * mapping, private, the type and the flags. That is the one promise which holds on all
 * kernels. A driver that keeps its pages on lists has the list node in a structure of its
 * own, which memctl_page_data() leads to. A page that comes back is like any other.
 *
 * The states of a page, and who may change them. All changes are made under the
 * provider's lock (a spinlock inside memctl, taken inside the page lock and
 * inside no lock of a driver's that an operation takes):
 *
 *   state       whose it is        left by, to
 *   ----------  -----------------  --------------------------------------------
 *   IDLE        the driver's       VM or evacuation: ASKING;
 *                                  memctl_page_free(), _unmake(): no handle
 *   ASKING      isolate() runs     true: ISOLATED; false: IDLE
 *   ISOLATED    the VM's           a round begins: PREPARING; VM gives it back:
 *                                  RETURNING; memctl_page_free(): FREED
 *   PREPARING   prepare() runs     PREPARED; or ISOLATED if prepare() declined
 *   PREPARED    the VM's           VM migrates it: MOVING, or, touched since,
 *                                  ISOLATED first; VM gives it back: RETURNING;
 *                                  memctl_page_free(): FREED
 *   MOVING      migrate() runs     0: MOVED, on the new page (IDLE where there is
 *                                  no done()); error: where it was
 *   MOVED       the driver's       the round is over: COMMITTING;
 *                                  memctl_page_free(), _unmake(): no handle
 *   COMMITTING  done() runs        IDLE
 *   RETURNING   putback() runs     IDLE
 *   FREED       memctl's           the VM lets go: the page is freed, once
 *
 * In ASKING, PREPARING, MOVING, COMMITTING and RETURNING an operation of the driver's
 * runs: memctl_page_free() and memctl_page_unmake() wait for its end, so that no
 * operation runs for a page when they have returned, nor later.
 *
 * Two bindings to the VM exist (kernel/mm/). Up to Linux 6.16 the VM asks at
 * isolation and says so when it gives a page back. From 7.0 on it does not;
 * what a driver sees instead:
 * - isolate() is asked when the round's first page is migrated, for each page of
 *   that round; its false makes the VM try the page again, up to 10 times.
 * - prepare() covers the isolated pages near the one that comes first, at most
 *   MEMCTL_ROUND_MAX of them, and not pages further off.
 * - putback() follows at once when migrate() has failed for good, and within a
 *   fraction of a second when the VM let the page go untried.
 * - A page freed while it is isolated gives way at its turn in the round, without
 *   a call; a page in its place is freed a moment later.
 * On Linux 6.17 to 6.19 memctl_provider_register() answers -EOPNOTSUPP.
 */
#ifndef MEMCTL_MOVABLE_H
#define MEMCTL_MOVABLE_H

#include <linux/list.h>
#include <linux/migrate_mode.h>
#include <linux/types.h>

struct memctl_page;
struct memctl_provider;
struct memctl_round;
struct module;
struct page;

/*
 * The version of this interface: raised by one with each change that a driver can see,
 * be it a function more, another signature, or another rule.
 */
#define MEMCTL_MOVABLE_VERSION 2

/**
 * memctl_movable_version() - MEMCTL_MOVABLE_VERSION of the memctl.ko that is loaded
 *
 * For drivers that get their functions by symbol_get(), which compares no versions. Its
 * signature stays.
 *
 * Context: Any.
 */
unsigned int memctl_movable_version(void);

/* The longest name of a provider, in bytes without the final NUL. */
#define MEMCTL_NAME_MAX 31

/* The most pages of one round. */
#define MEMCTL_ROUND_MAX 65536

/**
 * struct memctl_movable_ops - what memctl asks of a driver
 * @isolate: Let go of a page: true, and it may go at any time until migrate()
 *	has returned 0 or putback() is called; the content and all mappings stay
 *	usable. False: not now. Must not sleep. May be NULL: always true.
 * @prepare: Called once a round, for all its pages (memctl_round_for_each()),
 *	before the first of them is migrated: take the device's mappings away and
 *	clean its caches here, once. A page that is pinned (memctl_page_is_pinned())
 *	under the lock under which it is pinned is left alone. A page that is used again
 *	afterwards is to be reported by memctl_page_touch(). 0: it is done. A negative
 *	errno declines: nothing was done, and no page of the round moves now; with
 *	MIGRATE_ASYNC a driver declines rather than wait for its device, wake it, or sleep
 *	for long, and is asked again in another mode only; in other modes it is asked
 *	again when the VM tries once more. May sleep, with the rule of migrate() for
 *	locks; must not lock a page, for the VM may hold any. May be NULL.
 * @migrate: Move the content of memctl_page(page) to @dst and point the driver's
 *	structures to it. 0: moved; the old page is no longer the driver's.
 *	-EAGAIN: tried again soon (10 passes at most). Any other error ends this
 *	request for this page, and for no other. Both pages are locked. May sleep, but
 *	where a lock is held around an allocation elsewhere, it must be tried here, and
 *	-EAGAIN returned: the allocation may be what waits for this migration.
 * @putback: The page comes back unmoved; link and map it again. May sleep, with the rule
 *	of migrate() for locks. The page is not necessarily locked. May be NULL.
 * @done: The round is over for all its pages. Those that moved and were not freed or
 *	unmade since (memctl_round_for_each_moved()) are isolated by nobody until it has
 *	returned: make their new mappings here, once. It cannot fail; a mapping that
 *	cannot be made now is made when the page is used next. May sleep, with the rule of
 *	migrate() for locks. May be NULL: then pages that moved may move again at once. Not
 *	called when prepare() declined.
 *
 * For one page no two of these run at a time; for different pages they do.
 */
struct memctl_movable_ops {
	bool (*isolate)(struct memctl_page *page);
	int (*prepare)(struct memctl_round *round, enum migrate_mode mode);
	int (*migrate)(struct memctl_page *page, struct page *dst,
		       enum migrate_mode mode);
	void (*putback)(struct memctl_page *page);
	void (*done)(struct memctl_round *round);
};

/**
 * memctl_provider_register() - enter a driver under a name
 * @name: 1 to MEMCTL_NAME_MAX characters of [a-z0-9_-], the first a letter
 * @ops: the driver's operations; @migrate is required
 * @data: the driver's own, see memctl_provider_data()
 *
 * Context: Process context; may sleep.
 * Return: the provider, or ERR_PTR: -EINVAL for the name or the operations,
 * -EEXIST if the name is taken, -ENOMEM, -EOPNOTSUPP if this kernel moves no pages of
 * drivers for us (the kernel log says why).
 */
struct memctl_provider *
memctl_provider_register(const char *name, const struct memctl_movable_ops *ops,
			 void *data);

/**
 * memctl_provider_unregister() - the driver goes
 * @provider: what memctl_provider_register() has returned
 *
 * Refuses new isolation, waits until the VM has given back what it has, and
 * unmakes each page that is left: such pages stay the driver's, their handles
 * are gone. No operation is called afterwards.
 *
 * Context: Process context; sleeps. No lock held that an operation takes, and
 * no page locked.
 */
void memctl_provider_unregister(struct memctl_provider *provider);

/** memctl_provider_data() - what was given at registration. Any context. */
void *memctl_provider_data(const struct memctl_provider *provider);

/**
 * memctl_provider_prefer_node() - where evacuation is to move the pages to
 * @provider: whose pages
 * @node: a NUMA node with memory, near the device; NUMA_NO_NODE, the default: the node
 *	that the page is on
 *
 * Holds for memctl's own evacuation where its caller names no node. The VM chooses its
 * targets by itself.
 *
 * Context: Any.
 * Return: 0, or -EINVAL for the node.
 */
int memctl_provider_prefer_node(struct memctl_provider *provider, int node);

/**
 * memctl_page_make() - make a page movable
 * @provider: whose page it is
 * @page: an order-0 page from alloc_page(GFP_HIGHUSER_MOVABLE), with __GFP_ACCOUNT
 *	or without (who pays for it pays for what it moves to), with one
 *	reference, which memctl takes over; not on the LRU, not mapped by
 *	vm_insert_page(), its lru, mapping and private fields unused
 * @data: the driver's own, see memctl_page_data()
 *
 * The page can be isolated before this returns.
 *
 * Context: Process context; may sleep. @page is not locked. A driver makes no
 * more pages when it begins to unregister.
 * Return: the handle, or ERR_PTR: -EINVAL if it is no such page, -EBUSY if it is movable
 * already, or while the machine hibernates by an image that leaves such pages out,
 * -ENOMEM, -ESHUTDOWN while the provider is being unregistered. On error @page is as it
 * was.
 */
struct memctl_page *memctl_page_make(struct memctl_provider *provider,
				     struct page *page, void *data);

/**
 * memctl_page_unmake() - make a page unmovable and take it back
 * @page: the handle, which is gone afterwards
 *
 * Waits until the VM has given the page back, if it has it. The page is one like any
 * other then, and does not move: in zone Movable it keeps its memory block from going
 * offline until it is freed.
 *
 * Context: As memctl_provider_unregister().
 * Return: the page, with its reference.
 */
struct page *memctl_page_unmake(struct memctl_page *page);

/**
 * memctl_page_free() - free a page, whoever has it
 * @page: the handle, which is gone afterwards
 *
 * Legal while the page is isolated: the VM's last reference then frees it.
 *
 * Context: As memctl_provider_unregister(). Waits for a running operation on the
 * page, not for the VM's round.
 */
void memctl_page_free(struct memctl_page *page);

/**
 * memctl_page_touch() - the device or a process uses the page again
 * @page: the handle
 *
 * To be called when a mapping is made anew, under the lock that prepare() and
 * migrate() take, or by prepare() where it cannot have that lock: if the page was
 * prepared, it is no longer, and the VM's next try prepares it again.
 *
 * Context: Any, interrupts included.
 */
void memctl_page_touch(struct memctl_page *page);

/**
 * memctl_page_trypin() - keep a page where it is
 * @page: the handle
 *
 * While a page is pinned (by a job of the device that runs, by scan-out, by a dma-buf
 * that others have mapped) it answers "not now" to isolation and migration, and the
 * survey tells of it as pinned by its provider. Pins are counted.
 * A page that is pinned may have been prepared before: its mappings are looked at,
 * and made where they are missing, after it was pinned.
 *
 * Context: Any, interrupts included.
 * Return: true: memctl_page() stays as it is until memctl_page_unpin(). False: migrate()
 * is about to run for the page, runs, or ran a moment ago; try again.
 */
bool memctl_page_trypin(struct memctl_page *page);

/**
 * memctl_page_pin() - the same, and waits until migrate() does not run
 * @page: the handle
 *
 * Context: Process context; sleeps. No lock held that migrate() waits for.
 */
void memctl_page_pin(struct memctl_page *page);

/**
 * memctl_page_unpin() - a pin ends
 * @page: the handle
 *
 * Context: Any, interrupts included.
 */
void memctl_page_unpin(struct memctl_page *page);

/** memctl_page_is_pinned() - is there a pin? For prepare(), see there. Any context. */
bool memctl_page_is_pinned(const struct memctl_page *page);

/**
 * memctl_page_prepared() - was the page untouched since prepare()?
 * @page: the handle
 *
 * For migrate(), under the lock under which memctl_page_touch() is called: if
 * not, the driver has to do for this page alone what prepare() does for many.
 *
 * Context: As memctl_page_touch().
 */
bool memctl_page_prepared(struct memctl_page *page);

/**
 * memctl_page() - the page that a handle stands for now
 * @page: the handle
 *
 * Context: In an operation on the page: the page it is on, in migrate() the one
 * that it leaves. It changes after migrate() has returned, so that a driver keeps
 * pointers of its own, under its own lock.
 */
struct page *memctl_page(const struct memctl_page *page);

/** memctl_page_data() - what was given to memctl_page_make(). Any context. */
void *memctl_page_data(const struct memctl_page *page);

/** memctl_page_provider() - whose page it is. Any context. */
struct memctl_provider *memctl_page_provider(const struct memctl_page *page);

/** memctl_round_pages() - how many pages prepare() is called for. */
unsigned int memctl_round_pages(const struct memctl_round *round);

/** memctl_round_provider() - whose round it is. */
struct memctl_provider *
memctl_round_provider(const struct memctl_round *round);

/* The next page of a round after @page, the first for NULL; NULL at the end. */
struct memctl_page *memctl_round_next(const struct memctl_round *round,
				      const struct memctl_page *page);

/* Each page of a round, for prepare() only, in the order of isolation. */
#define memctl_round_for_each(page, round) \
	for (page = memctl_round_next(round, NULL); page; page = memctl_round_next(round, page))

/* The next page that moved in a round after @page, the first for NULL; NULL at the end. */
struct memctl_page *memctl_round_next_moved(const struct memctl_round *round,
					    const struct memctl_page *page);

/* Each page that moved in a round, for done() only, in the order in which they moved. */
#define memctl_round_for_each_moved(page, round)				\
	for (page = memctl_round_next_moved(round, NULL); page;			\
	     page = memctl_round_next_moved(round, page))

/* In done(): the pfn that a page which moved has left. It may be in others' use by now. */
unsigned long memctl_page_old_pfn(const struct memctl_page *page);

#endif /* MEMCTL_MOVABLE_H */
