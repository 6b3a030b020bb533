/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages: a few, in an array whose index is the pfn. What the VM of a test sees of
 * them is what mm/migrate.c of the kernels sees.
 */
#ifndef SHIM_LINUX_MM_H
#define SHIM_LINUX_MM_H

#include <linux/list.h>
#include <linux/migrate_mode.h>
#include <linux/slab.h>

#define PAGE_SIZE 4096UL
#define PAGES_PER_SECTION 32UL
#define NUMA_NO_NODE (-1)
#define SHIM_PAGES 128

struct movable_operations;

struct page {
        struct run_lock lock;
        int refcount; /* 0: free */
        bool isolated;
        bool offline; /* a balloon's, until it is freed */
        unsigned long private;
        const struct movable_operations *ops;
        struct list_head lru;
};

extern struct page shim_pages[SHIM_PAGES];

#define page_to_pfn(page) ((unsigned long) ((page) - shim_pages))
#define pfn_to_online_page(pfn) ((pfn) < SHIM_PAGES ? &shim_pages[pfn] : NULL)
#define lock_page(page) run_lock(&(page)->lock)
#define trylock_page(page) run_trylock(&(page)->lock)
#define unlock_page(page) run_unlock(&(page)->lock)
#define page_private(page) ((page)->private)
#define set_page_private(page, value) ((void) ((page)->private = (value)))

/* The first free page from a pfn on, with one reference, or NULL. */
struct page *shim_page_alloc(unsigned long pfn);
unsigned int shim_pages_used(void);
void get_page(struct page *page);
bool get_page_unless_zero(struct page *page);
void put_page(struct page *page);

static inline bool shim_page_isolated(struct page *page)
{
        run_point();
        return run_peek(&page->isolated, sizeof(page->isolated));
}

/* mm/migrate.c up to 6.16 */
typedef unsigned int isolate_mode_t;

struct movable_operations {
        bool (*isolate_page)(struct page *page, isolate_mode_t mode);
        int (*migrate_page)(struct page *dst, struct page *src, enum migrate_mode mode);
        void (*putback_page)(struct page *page);
};

#define __SetPageMovable(page, operations) ((void) ((page)->ops = (operations)))
#define __ClearPageMovable(page) ((void) ((page)->ops = NULL))
#define __PageMovable(page) (run_peek(&(page)->ops, sizeof((page)->ops)) != 0)
#define page_movable_ops(page) ((page)->ops)
#define PageIsolated(page) shim_page_isolated(page)

/* from 6.17 on */
#define PageMovableOpsIsolated(page) shim_page_isolated(page)
#define PageOffline(page) (run_peek(&(page)->offline, sizeof((page)->offline)) != 0)
#define page_has_movable_ops(page) PageOffline(page)

#endif /* SHIM_LINUX_MM_H */
