// SPDX-License-Identifier: GPL-2.0
#include "driver.h"

struct driver driver;
struct slot slots[DRIVER_SLOTS];

static struct slot *slot_enter(struct memctl_page *page)
{
        struct slot *slot = memctl_page_data(page);

        run_check(__atomic_fetch_add(&slot->running, 1, __ATOMIC_ACQ_REL) == 0);
        run_check(!__atomic_load_n(&slot->dead, __ATOMIC_ACQUIRE));
        run_point();
        return slot;
}

static void slot_leave(struct slot *slot)
{
        run_check(!__atomic_load_n(&slot->dead, __ATOMIC_ACQUIRE));
        run_check(__atomic_fetch_sub(&slot->running, 1, __ATOMIC_ACQ_REL) == 1);
}

/* Never 0 for a driver that is not moody. */
static unsigned int driver_mood(void)
{
        return driver.moody ? __atomic_add_fetch(&driver.mood, 1, __ATOMIC_RELAXED) : 1;
}

static int driver_error(void)
{
        unsigned int mood = driver_mood();
        int err = mood % 8 ? 0 : mood % 16 ? -EAGAIN : -EIO;

        if (driver.errors) {
                driver.errors--;
                err = driver.error;
        }
        if (err)
                __atomic_fetch_add(err == -EAGAIN ? &driver.again : &driver.failed, 1, __ATOMIC_RELAXED);
        return err;
}

static bool driver_isolate(struct memctl_page *page)
{
        struct slot *slot = slot_enter(page);
        bool yes = !driver.refuse && driver_mood() % 16;

        run_check(!slot->away && !slot->uncommitted);
        slot->away = yes;
        slot->isolated += yes;
        if (!yes)
                __atomic_fetch_add(&driver.refused, 1, __ATOMIC_RELAXED);
        slot_leave(slot);
        return yes;
}

static int driver_prepare(struct memctl_round *round, enum migrate_mode mode)
{
        struct memctl_page *page;
        unsigned int nr = 0;

        run_check(memctl_round_provider(round) == driver.provider);
        if (driver.decline && mode == MIGRATE_ASYNC) {
                driver.declined++;
                return -EAGAIN;
        }
        __atomic_fetch_add(&driver.rounds, 1, __ATOMIC_RELAXED);
        memctl_round_for_each(page, round) {
                struct slot *slot = slot_enter(page);

                run_lock(&slot->lock);
                run_check(slot->away);
                slot->mapped = false;
                run_unlock(&slot->lock);
                slot_leave(slot);
                nr++;
        }
        run_check(nr && nr == memctl_round_pages(round));
        if (nr > __atomic_load_n(&driver.largest, __ATOMIC_RELAXED))
                __atomic_store_n(&driver.largest, nr, __ATOMIC_RELAXED);
        return 0;
}

static int driver_migrate(struct memctl_page *page, struct page *dst, enum migrate_mode mode)
{
        struct slot *slot = slot_enter(page);
        int err;

        (void) mode;
        run_check(slot->away && memctl_page(page) == slot->page);
        run_check(!__atomic_load_n(&slot->pins, __ATOMIC_ACQUIRE));
        if (driver.inside)
                driver.inside(slot);
        if (!run_trylock(&slot->lock)) {
                __atomic_fetch_add(&driver.again, 1, __ATOMIC_RELAXED);
                slot_leave(slot);
                return -EAGAIN;
        }
        if (memctl_page_prepared(page))
                run_check(!slot->mapped);
        err = driver_error();
        if (!err) {
                slot->away = false;
                slot->mapped = false;
                slot->uncommitted = true;
                slot->page = dst;
                slot->moved++;
        }
        run_unlock(&slot->lock);
        slot_leave(slot);
        return err;
}

static void driver_putback(struct memctl_page *page)
{
        struct slot *slot = slot_enter(page);

        run_check(slot->away);
        slot->away = false;
        slot->back++;
        slot_leave(slot);
}

static void driver_done(struct memctl_round *round)
{
        struct memctl_page *page;

        run_check(memctl_round_provider(round) == driver.provider);
        memctl_round_for_each_moved(page, round) {
                struct slot *slot = slot_enter(page);

                run_check(slot->uncommitted && memctl_page(page) == slot->page);
                run_check(memctl_page_old_pfn(page) != page_to_pfn(slot->page));
                slot->uncommitted = false;
                slot->committed++;
                slot_leave(slot);
        }
        run_point();
        __atomic_fetch_add(&driver.done, 1, __ATOMIC_RELAXED);
}

const struct memctl_movable_ops driver_ops = {
        .isolate = driver_isolate,
        .prepare = driver_prepare,
        .migrate = driver_migrate,
        .putback = driver_putback,
        .done = driver_done,
};

void driver_start(void)
{
        memset(&driver, 0, sizeof(driver));
        memset(slots, 0, sizeof(slots));
        driver.provider = memctl_provider_register("test", &driver_ops, &driver);
        run_check(!IS_ERR(driver.provider));
}

void driver_make(struct slot *slot, unsigned long pfn)
{
        struct memctl_page *handle;

        slot->page = shim_page_alloc(pfn);
        run_check(slot->page);
        slot->mapped = true;
        slot->away = false;
        slot->committed += slot->uncommitted; /* it was freed before its round was done */
        slot->uncommitted = false;
        __atomic_store_n(&slot->dead, false, __ATOMIC_RELEASE);
        handle = memctl_page_make(driver.provider, slot->page, slot);
        run_check(!IS_ERR(handle));
        slot->handle = handle;
}

void driver_free(struct slot *slot)
{
        memctl_page_free(slot->handle);
        run_check(!__atomic_load_n(&slot->running, __ATOMIC_ACQUIRE));
        __atomic_store_n(&slot->dead, true, __ATOMIC_RELEASE);
        slot->handle = NULL;
}

void driver_unmake(struct slot *slot)
{
        struct page *page = memctl_page_unmake(slot->handle);

        run_check(!__atomic_load_n(&slot->running, __ATOMIC_ACQUIRE) && !slot->away);
        __atomic_store_n(&slot->dead, true, __ATOMIC_RELEASE);
        slot->handle = NULL;
        run_check(page == slot->page && memctl_mm_is_plain(page));
        put_page(page);
}

void driver_touch(struct slot *slot)
{
        run_lock(&slot->lock);
        memctl_page_touch(slot->handle);
        slot->mapped = true;
        run_unlock(&slot->lock);
}

bool driver_pin(struct slot *slot)
{
        struct page *page;

        if (!memctl_page_trypin(slot->handle))
                return false;
        run_check(memctl_page_is_pinned(slot->handle));
        __atomic_fetch_add(&slot->pins, 1, __ATOMIC_ACQ_REL);
        page = memctl_page(slot->handle);
        run_point();
        run_check(page == memctl_page(slot->handle));
        __atomic_fetch_sub(&slot->pins, 1, __ATOMIC_ACQ_REL);
        memctl_page_unpin(slot->handle);
        return true;
}

void driver_settled(void)
{
        unsigned int pages = 0, moved = 0;
        struct memctl_counters counters;

        memctl_provider_counters(driver.provider, &counters);
        for (unsigned int i = 0; i < DRIVER_SLOTS; i++) {
                run_check(!slots[i].running);
                moved += slots[i].moved;
                if (!slots[i].handle)
                        continue;
                run_check(!slots[i].away && memctl_page(slots[i].handle) == slots[i].page);
                run_check(!slots[i].uncommitted && slots[i].committed == slots[i].moved);
                pages++;
        }
        run_check(counters.isolated == 0 && counters.pages == pages);
        run_check(counters.migrated == moved && counters.bytes == moved * PAGE_SIZE);
        run_check(counters.refused == driver.refused && counters.failed == driver.failed);
        run_check(counters.retried >= driver.again);
        run_check(counters.batches == (u64) driver.rounds);
        run_check(list_empty(&driver.provider->isolated) && list_empty(&driver.provider->rounds));
}

void driver_stop(void)
{
        for (unsigned int i = 0; i < DRIVER_SLOTS; i++) {
                if (slots[i].handle)
                        driver_free(&slots[i]);
        }
        memctl_provider_unregister(driver.provider);
        driver_stopped();
}

void driver_stopped(void)
{
        run_check(driver.rounds == driver.done);
        run_check(shim_pages_used() == 0);
        run_check(!memctl_provider_at(0));
}
