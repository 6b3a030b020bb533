// SPDX-License-Identifier: GPL-2.0
/*
 * The VM up to 6.16: isolate_movable_page(), move_to_new_folio() and
 * putback_movable_pages() for pages with operations.
 */
#include "vm.h"

bool vm_isolate(struct page *page)
{
        bool taken = false;

        if (!get_page_unless_zero(page))
                return false;
        if (__PageMovable(page) && trylock_page(page)) {
                if (page->ops && !page->isolated)
                        taken = page->ops->isolate_page(page, 0);
                if (taken) {
                        run_check(!page->isolated);
                        page->isolated = true;
                }
                unlock_page(page);
        }
        if (!taken)
                put_page(page);
        return taken;
}

int vm_migrate(struct page *src, struct page *dst)
{
        int err;

        run_check(src->isolated && __PageMovable(src));
        if (!src->ops) {
                src->isolated = false; /* freed by its owner meanwhile */
                return 0;
        }
        err = src->ops->migrate_page(dst, src, vm_mode);
        run_check(src->isolated);
        if (!err)
                src->isolated = false;
        return err;
}

void vm_putback(struct page *page)
{
        lock_page(page);
        run_check(page->isolated && __PageMovable(page));
        if (page->ops)
                page->ops->putback_page(page);
        page->isolated = false;
        unlock_page(page);
        put_page(page);
}
