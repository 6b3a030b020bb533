// SPDX-License-Identifier: GPL-2.0
/*
 * The VM from 7.0 on, with the operations of mm/balloon.c: it isolates and gives
 * back without asking the balloon's device.
 */
#include <linux/balloon.h>
#include <linux/mutex.h>

#include "vm.h"

static DEFINE_SPINLOCK(balloon_lock);

static struct balloon_dev_info *balloon_of(struct page *page)
{
        return (struct balloon_dev_info *) page->private;
}

void balloon_devinfo_init(struct balloon_dev_info *balloon)
{
        memset(balloon, 0, sizeof(*balloon));
        INIT_LIST_HEAD(&balloon->pages);
}

static void balloon_insert(struct balloon_dev_info *balloon, struct page *page)
{
        run_check(!page->private);
        __SetPageOffline(page);
        SetPageMovableOps(page);
        page->private = (unsigned long) balloon;
        list_add(&page->lru, &balloon->pages);
}

void balloon_page_enqueue(struct balloon_dev_info *balloon, struct page *page)
{
        spin_lock(&balloon_lock);
        balloon_insert(balloon, page);
        spin_unlock(&balloon_lock);
}

size_t balloon_page_list_dequeue(struct balloon_dev_info *balloon, struct list_head *pages, size_t nr)
{
        struct page *page, *next;
        size_t n = 0;

        spin_lock(&balloon_lock);
        list_for_each_entry_safe(page, next, &balloon->pages, lru) {
                if (n == nr)
                        break;
                list_del(&page->lru);
                page->private = 0;
                list_add(&page->lru, pages);
                n++;
        }
        spin_unlock(&balloon_lock);
        return n;
}

/* balloon_page_isolate() */
static bool balloon_isolate(struct page *page)
{
        struct balloon_dev_info *balloon;

        spin_lock(&balloon_lock);
        balloon = balloon_of(page);
        if (balloon) {
                list_del(&page->lru);
                balloon->isolated_pages++;
        }
        spin_unlock(&balloon_lock);
        return balloon;
}

bool vm_isolate(struct page *page)
{
        bool taken = false;

        if (!get_page_unless_zero(page))
                return false;
        if (page_has_movable_ops(page) && trylock_page(page)) {
                run_check(page_has_movable_ops(page)); /* the kernel warns */
                if (!page->isolated)
                        taken = balloon_isolate(page);
                if (taken)
                        __atomic_store_n(&page->isolated, true, __ATOMIC_RELEASE);
                unlock_page(page);
        }
        if (!taken)
                put_page(page);
        return taken;
}

/* balloon_page_migrate() */
int vm_migrate(struct page *src, struct page *dst)
{
        struct balloon_dev_info *balloon = balloon_of(src);
        int err;

        run_check(src->isolated && balloon);
        err = balloon->migratepage(balloon, dst, src, vm_mode);
        if (err)
                return err;
        spin_lock(&balloon_lock);
        get_page(dst);
        balloon_insert(balloon, dst);
        balloon->isolated_pages--;
        src->private = 0;
        spin_unlock(&balloon_lock);
        put_page(src);
        __atomic_store_n(&src->isolated, false, __ATOMIC_RELEASE);
        return 0;
}

/* balloon_page_putback() */
void vm_putback(struct page *page)
{
        struct balloon_dev_info *balloon = balloon_of(page);

        run_check(balloon);
        lock_page(page);
        spin_lock(&balloon_lock);
        list_add(&page->lru, &balloon->pages);
        balloon->isolated_pages--;
        spin_unlock(&balloon_lock);
        run_point();
        __atomic_store_n(&page->isolated, false, __ATOMIC_RELEASE);
        unlock_page(page);
        put_page(page);
}
