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
#ifndef SHIM_PAGES
#define SHIM_PAGES 128
#endif

struct movable_operations;

struct page {
        struct run_lock lock;
        int refcount; /* 0: free */
        bool isolated;
        bool offline; /* a balloon's, until it is freed or made plain */
        unsigned long flags;
        unsigned long private;
        void *mapping; /* up to 6.16: the kind, which stays when the operations go */
        const struct movable_operations *ops;
        struct list_head lru;
};

extern struct page shim_pages[SHIM_PAGES];

#define pfn_to_page(pfn) (&shim_pages[pfn])
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

static inline int page_ref_count(struct page *page)
{
        run_point();
        return __atomic_load_n(&page->refcount, __ATOMIC_ACQUIRE);
}

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

#define SHIM_KIND_MOVABLE ((void *) 2)
#define __SetPageMovable(page, operations) \
        ((void) ((page)->ops = (operations)), WRITE_ONCE((page)->mapping, SHIM_KIND_MOVABLE))
#define __ClearPageMovable(page) ((void) ((page)->ops = NULL))
#define __PageMovable(page) (run_peek(&(page)->mapping, sizeof((page)->mapping)) != 0)
#define PageIsolated(page) shim_page_isolated(page)

/* from 7.0 on */
#define PG_movable_ops 0
#define clear_bit(bit, word) ((void) __atomic_fetch_and((word), ~(1UL << (bit)), __ATOMIC_RELAXED))
#define PageMovableOpsIsolated(page) shim_page_isolated(page)
#define PageOffline(page) (run_peek(&(page)->offline, sizeof((page)->offline)) != 0)
#define __SetPageOffline(page) __atomic_store_n(&(page)->offline, true, __ATOMIC_RELAXED)
#define __ClearPageOffline(page) __atomic_store_n(&(page)->offline, false, __ATOMIC_RELAXED)
#define SetPageMovableOps(page) \
        ((void) __atomic_fetch_or(&(page)->flags, 1UL << PG_movable_ops, __ATOMIC_RELAXED))
#define page_has_movable_ops(page) \
        (PageOffline(page) && run_peek(&(page)->flags, sizeof((page)->flags)) != 0)

/* 4 GiB. */
static inline unsigned long totalram_pages(void)
{
        return 1UL << 20;
}

#endif /* SHIM_LINUX_MM_H */
