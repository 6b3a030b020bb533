// SPDX-License-Identifier: GPL-2.0
/*
 * A round of compaction, the same for both kinds of VM.
 */
#include "vm.h"

enum migrate_mode vm_mode = MIGRATE_SYNC;

/* Tries one page: 0 and -EAGAIN as in the kernel, others are final. */
static int vm_try(struct page *src, unsigned long to)
{
        struct page *dst = shim_page_alloc(to);
        int err = -EAGAIN;

        if (!dst)
                return -ENOMEM;
        lock_page(src);
        if (trylock_page(dst)) {
                err = vm_migrate(src, dst);
                unlock_page(dst);
        }
        put_page(dst);
        unlock_page(src);
        if (!err)
                put_page(src);
        return err;
}

unsigned int vm_compact(unsigned long first, unsigned long last, unsigned long to, unsigned int passes)
{
        struct page *pages[SHIM_PAGES];
        unsigned int nr = 0, moved = 0, i, left;

        for (unsigned long pfn = first; pfn <= last; pfn++) {
                if (vm_isolate(&shim_pages[pfn]))
                        pages[nr++] = &shim_pages[pfn];
        }
        while (passes-- && nr) {
                for (i = 0, left = 0; i < nr; i++) {
                        int err = vm_try(pages[i], to);

                        if (err == -EAGAIN)
                                pages[left++] = pages[i];
                        else if (err)
                                vm_putback(pages[i]);
                        else
                                moved++;
                }
                nr = left;
        }
        for (i = 0; i < nr; i++)
                vm_putback(pages[i]);
        return moved;
}
