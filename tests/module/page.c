// SPDX-License-Identifier: GPL-2.0
/*
 * The page allocator of a test, and its other memory.
 */
#include <linux/ktime.h>
#include <linux/mm.h>

/* A reference count of who frees: neither used nor to be had. */
#define FREEING (-1)

struct page shim_pages[SHIM_PAGES];
ktime_t shim_time;
int shim_memory_left = -1;

void *shim_zalloc(size_t size)
{
        if (__atomic_load_n(&shim_memory_left, __ATOMIC_RELAXED) >= 0 &&
            __atomic_fetch_sub(&shim_memory_left, 1, __ATOMIC_RELAXED) <= 0)
                return NULL;
        return calloc(1, size);
}

struct page *shim_page_alloc(unsigned long pfn)
{
        for (; pfn < SHIM_PAGES; pfn++) {
                int none = 0;

                if (__atomic_compare_exchange_n(&shim_pages[pfn].refcount, &none, 1, false,
                                                __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
                        return &shim_pages[pfn];
        }
        return NULL;
}

unsigned int shim_pages_used(void)
{
        unsigned int used = 0;

        for (unsigned long pfn = 0; pfn < SHIM_PAGES; pfn++)
                used += __atomic_load_n(&shim_pages[pfn].refcount, __ATOMIC_ACQUIRE) != 0;
        return used;
}

void get_page(struct page *page)
{
        run_check(__atomic_fetch_add(&page->refcount, 1, __ATOMIC_ACQ_REL) > 0);
}

bool get_page_unless_zero(struct page *page)
{
        int count = __atomic_load_n(&page->refcount, __ATOMIC_RELAXED);

        run_point();
        while (count > 0) {
                if (__atomic_compare_exchange_n(&page->refcount, &count, count + 1, false,
                                                __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
                        return true;
        }
        return false;
}

/* The last reference frees: nobody may have any use for the page then. */
void put_page(struct page *page)
{
        int count;

        run_point();
        count = __atomic_load_n(&page->refcount, __ATOMIC_ACQUIRE);
        for (;;) {
                run_check(count > 0);
                if (__atomic_compare_exchange_n(&page->refcount, &count, count == 1 ? FREEING : count - 1, false,
                                                __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
                        break;
        }
        if (count != 1)
                return;
        /* Marks go after the last reference: whoever has one sees them stay. */
        run_check(!page->ops && !page->private && !page->isolated);
        __ClearPageOffline(page);
        WRITE_ONCE(page->mapping, NULL);
        WRITE_ONCE(page->flags, 0);
        __atomic_store_n(&page->refcount, 0, __ATOMIC_RELEASE);
}
