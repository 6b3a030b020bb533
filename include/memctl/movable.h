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
 * The states of a page, and who may change them. All changes are made under the
 * provider's lock (a spinlock inside memctl, taken inside the page lock and
 * inside no lock of a driver's that an operation takes):
 *
 *   state      whose it is        left by, to
 *   ---------  -----------------  ---------------------------------------------
 *   IDLE       the driver's       VM or evacuation: ASKING;
 *                                 memctl_page_free(), _unmake(): no handle
 *   ASKING     isolate() runs     true: ISOLATED; false: IDLE
 *   ISOLATED   the VM's           a round begins: PREPARING; VM gives it back:
 *                                 RETURNING; memctl_page_free(): GONE
 *   PREPARING  prepare() runs     PREPARED; or ISOLATED if touched meanwhile
 *   PREPARED   the VM's           VM migrates it: MOVING; memctl_page_touch():
 *                                 ISOLATED; VM gives it back: RETURNING;
 *                                 memctl_page_free(): GONE
 *   MOVING     migrate() runs     0: IDLE, on the new page; error: where it was
 *   RETURNING  putback() runs     IDLE
 *   GONE       memctl's           the VM lets go: the page is freed, once
 *
 * In ASKING, PREPARING, MOVING and RETURNING an operation of the driver's runs:
 * memctl_page_free() and memctl_page_unmake() wait for its end, so that no
 * operation runs for a page when they have returned, nor later.
 *
 * Two bindings to the VM exist (kernel/mm/). Up to Linux 6.16 the VM asks at
 * isolation and says so when it gives a page back. From 6.17 on it does not;
 * what a driver sees instead:
 * - isolate() is asked when the round's first page is migrated, for each page of
 *   that round; its false makes the VM try the page again, up to 10 times.
 * - prepare() covers the isolated pages near the one that comes first, at most
 *   MEMCTL_ROUND_MAX of them, and not pages further off.
 * - putback() follows at once when migrate() has failed for good, and within a
 *   fraction of a second when the VM let the page go untried.
 * - A page freed while it is isolated gives way at its turn in the round, without
 *   a call; a page in its place is freed a moment later.
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

/* The longest name of a provider, in bytes without the final NUL. */
#define MEMCTL_NAME_MAX 31

/* The most pages of one round. */
#define MEMCTL_ROUND_MAX 65536

/**
 * struct memctl_movable_ops - what memctl asks of a driver
 * @isolate: Let go of a page: true, and the VM owns page->lru until migrate()
 *	has returned 0 or putback() is called; the content and all mappings stay
 *	usable. False: not now. Must not sleep. May be NULL: always true.
 * @prepare: Called once a round, for all its pages (memctl_round_for_each()),
 *	before the first of them is migrated: take the device's mappings away and
 *	clean its caches here, once. A page that is used again afterwards is to be
 *	reported by memctl_page_touch(). May sleep, with the rule of migrate() for
 *	locks; must not lock a page, for the VM may hold any. May be NULL.
 * @migrate: Move the content of memctl_page(page) to @dst and point the driver's
 *	structures to it. 0: moved; the old page is no longer the driver's.
 *	-EAGAIN: tried again soon (10 passes at most). Any other error ends this
 *	request for this page. Both pages are locked. May sleep, but where a lock
 *	is held around an allocation elsewhere, it must be tried here, and -EAGAIN
 *	returned: the allocation may be what waits for this migration.
 * @putback: The page comes back unmoved; link it again. May sleep. The page is
 *	not necessarily locked. May be NULL.
 * @done: The round is over for all its pages. May sleep. May be NULL.
 *
 * For one page no two of these run at a time; for different pages they do.
 */
struct memctl_movable_ops {
	bool (*isolate)(struct memctl_page *page);
	void (*prepare)(struct memctl_round *round);
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
 * -EEXIST if the name is taken, -ENOMEM.
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
 * memctl_page_make() - make a page movable
 * @provider: whose page it is
 * @page: an order-0 page from alloc_page(GFP_HIGHUSER_MOVABLE) with one
 *	reference, which memctl takes over; not on the LRU, not mapped by
 *	vm_insert_page(), its lru, mapping and private fields unused
 * @data: the driver's own, see memctl_page_data()
 *
 * The page can be isolated before this returns.
 *
 * Context: Process context; may sleep. @page is not locked. A driver makes no
 * more pages when it begins to unregister.
 * Return: the handle, or ERR_PTR: -ENOMEM, -ESHUTDOWN while the provider is
 * being unregistered. On error @page is as it was.
 */
struct memctl_page *memctl_page_make(struct memctl_provider *provider,
				     struct page *page, void *data);

/**
 * memctl_page_unmake() - make a page unmovable and take it back
 * @page: the handle, which is gone afterwards
 *
 * Waits until the VM has given the page back, if it has it.
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
 * Context: Any that may take a spinlock; interrupts are left alone.
 */
void memctl_page_touch(struct memctl_page *page);

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

/**
 * memctl_peek() - may this be a page of some provider?
 * @page: any page
 *
 * A guess without a lock, from the page's flags: false can be relied on for a
 * page that is not being changed, true is to be confirmed by memctl_owner().
 *
 * Context: Any.
 */
bool memctl_peek(struct page *page);

/**
 * memctl_owner() - whose page is this?
 * @page: any page
 * @name: filled with the provider's name, MEMCTL_NAME_MAX + 1 bytes, if true
 *
 * Context: Process context; may sleep.
 * Return: true for a page of a provider's, isolated or not.
 */
bool memctl_owner(struct page *page, char *name);

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

#endif /* MEMCTL_MOVABLE_H */
