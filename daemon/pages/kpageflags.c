/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/kpageflags.h"

#include "daemon/machine/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdbool.h>
#include <unistd.h>

/* Page table pages have a flag of their own since Linux 4.18; older user-space headers lack it. */
#ifndef KPF_PGTABLE
#define KPF_PGTABLE 26
#endif

/* Not in user space's header, and at the same place on every kernel since 2.6.31. */
#define KPF_RESERVED 32
#define KPF_MLOCKED  33
#define KPF_OWNER_PRIVATE 37

#define FLAG(bit) (UINT64_C(1) << (bit))

/* Words read at once: 512 KiB. */
#define CHUNK_WORDS 65536

/* The largest block that the page allocator keeps, on nearly all machines. */
#define FREE_ORDER_MAX 10U

enum memctl_class kpageflags_class(uint64_t flags)
{
        static const struct {
                uint64_t any;
                enum memctl_class class;
        } classes[] = {
                /* the first that fits */
                { FLAG(KPF_NOPAGE), MEMCTL_CLASS_UNSPEC },
                { FLAG(KPF_HWPOISON), MEMCTL_CLASS_HWPOISON },
                { FLAG(KPF_BUDDY), MEMCTL_CLASS_FREE },
                { FLAG(KPF_OFFLINE), MEMCTL_CLASS_OFFLINE },
                { FLAG(KPF_RESERVED), MEMCTL_CLASS_RESERVED },
                { FLAG(KPF_SLAB), MEMCTL_CLASS_SLAB },
                { FLAG(KPF_PGTABLE), MEMCTL_CLASS_PAGE_TABLE },
                { FLAG(KPF_HUGE), MEMCTL_CLASS_HUGETLB },
                { FLAG(KPF_MLOCKED), MEMCTL_CLASS_LRU_MLOCKED },
        };

        for (size_t i = 0; i < ELEMENTSOF(classes); i++)
                if (flags & classes[i].any)
                        return classes[i].class;
        if (!(flags & FLAG(KPF_LRU))) {
                /* That it is mapped says nothing: so are pages of drivers. */
                bool content = flags & (FLAG(KPF_ANON) | FLAG(KPF_SWAPBACKED) | FLAG(KPF_UPTODATE));

                return content ? MEMCTL_CLASS_LRU_CACHED : MEMCTL_CLASS_OTHER;
        }
        if (flags & FLAG(KPF_ANON))
                return MEMCTL_CLASS_LRU_ANON;
        return flags & FLAG(KPF_SWAPBACKED) ? MEMCTL_CLASS_LRU_SHMEM : MEMCTL_CLASS_LRU_FILE;
}

static bool is_keeper(enum memctl_class class)
{
        switch (class) {
        case MEMCTL_CLASS_SLAB:
        case MEMCTL_CLASS_PAGE_TABLE:
        case MEMCTL_CLASS_RESERVED:
        case MEMCTL_CLASS_OTHER:
                return true;
        default:
                return false;
        }
}

/* A run under way: a compound page, or free pages. */
struct scan {
        struct page_census *census;
        int fd;
        uint64_t pfn;            /* the run's first page */
        uint64_t pages;          /* 0: no run */
        enum memctl_class class; /* of all its pages */
        uint64_t poisoned;       /* tails of it that are bad and do not count with it */
        bool compound;           /* tails that follow belong to it */
        unsigned int order;      /* of the compound page, where its ends are not in the range; else 0 */
};

static void add_keeper(struct page_census *census, uint64_t pfn, uint64_t pages, enum memctl_class class)
{
        struct census_run *last = census->n_keepers ? &census->keepers[census->n_keepers - 1] : NULL;

        if (last && last->class == class && last->pfn + last->pages == pfn)
                last->pages += pages;
        else if (census->n_keepers < MEMCTL_KEEPERS_MAX)
                census->keepers[census->n_keepers++] =
                        (struct census_run){ .pfn = pfn, .pages = pages, .class = (uint8_t) class };
}

static unsigned int log2_floor(uint64_t n)
{
        return 63U - (unsigned int) __builtin_clzll(n);
}

static void add(struct page_census *census, enum memctl_class class, unsigned int order, uint64_t pages)
{
        census->pages[class][order < CENSUS_ORDERS ? order : CENSUS_ORDERS - 1] += pages;
}

/* Free pages merge with their buddies, so a run of them is made of the largest blocks that fit there. */
static void end_free_run(struct scan *scan)
{
        uint64_t pfn = scan->pfn, left = scan->pages;

        while (left > 0) {
                unsigned int order = pfn ? (unsigned int) __builtin_ctzll(pfn) : FREE_ORDER_MAX;

                if (order > FREE_ORDER_MAX)
                        order = FREE_ORDER_MAX;
                if (order > log2_floor(left))
                        order = log2_floor(left);
                add(scan->census, MEMCTL_CLASS_FREE, order, UINT64_C(1) << order);
                pfn += UINT64_C(1) << order;
                left -= UINT64_C(1) << order;
        }
}

static void end_run(struct scan *scan)
{
        if (scan->pages > 0 && !scan->compound)
                end_free_run(scan);
        else if (scan->pages > 0) {
                unsigned int order = scan->order ? scan->order : log2_floor(scan->pages);

                add(scan->census, scan->class, order, scan->pages - scan->poisoned);
                add(scan->census, MEMCTL_CLASS_HWPOISON, 0, scan->poisoned);
                if (is_keeper(scan->class))
                        add_keeper(scan->census, scan->pfn, scan->pages, scan->class);
        }
        scan->pages = scan->poisoned = 0;
        scan->compound = false;
        scan->order = 0;
}

static void begin_run(struct scan *scan, uint64_t pfn, enum memctl_class class)
{
        end_run(scan);
        scan->pfn = pfn;
        scan->pages = 1;
        scan->class = class;
        scan->compound = class != MEMCTL_CLASS_FREE;
}

static void scan_page(struct scan *scan, uint64_t pfn, uint64_t flags)
{
        enum memctl_class class;

        /* a tail has the class of its head: some kernels show a tail without most of its flags */
        if (scan->compound && flags & FLAG(KPF_COMPOUND_TAIL)) {
                scan->pages++;
                scan->poisoned += !!(flags & FLAG(KPF_HWPOISON));
                return;
        }
        class = kpageflags_class(flags);
        if (scan->pages > 0 && !scan->compound && class == MEMCTL_CLASS_FREE)
                scan->pages++;
        else if (class == MEMCTL_CLASS_FREE || flags & FLAG(KPF_COMPOUND_HEAD))
                begin_run(scan, pfn, class);
        else {
                end_run(scan);
                add(scan->census, class, 0, 1);
                if (is_keeper(class))
                        add_keeper(scan->census, pfn, 1, class);
        }
}

static bool read_one(int fd, uint64_t pfn, uint64_t *ret)
{
        return pread(fd, ret, sizeof(*ret), (off_t) (pfn * sizeof(*ret))) == sizeof(*ret);
}

/* A compound page ends with the first of its possible ends that is no tail. */
static unsigned int compound_order(int fd, uint64_t head)
{
        unsigned int order = 1;
        uint64_t flags;

        while (order < CENSUS_ORDERS - 1 && read_one(fd, head + (UINT64_C(1) << order), &flags) &&
               flags & FLAG(KPF_COMPOUND_TAIL))
                order++;
        return order;
}

/* The range may begin inside a compound page: a huge page may be larger than a block. */
static void look_back(struct scan *scan, uint64_t pfn)
{
        uint64_t flags;

        if (!read_one(scan->fd, pfn, &flags) || !(flags & FLAG(KPF_COMPOUND_TAIL)))
                return;
        for (unsigned int order = 1; order < CENSUS_ORDERS; order++) {
                uint64_t head = pfn & ~((UINT64_C(1) << order) - 1);

                if (head == pfn)
                        continue;
                if (!read_one(scan->fd, head, &flags))
                        return;
                if (!(flags & FLAG(KPF_COMPOUND_HEAD)))
                        continue;
                scan->order = compound_order(scan->fd, head);
                scan->pfn = pfn;
                scan->class = kpageflags_class(flags);
                scan->compound = scan->class != MEMCTL_CLASS_FREE;
                return;
        }
}

static int scan_all(struct scan *scan, uint64_t pfn, uint64_t pages, uint64_t *flags)
{
        while (pages > 0) {
                size_t words = pages < CHUNK_WORDS ? (size_t) pages : CHUNK_WORDS;
                ssize_t n = pread(scan->fd, flags, words * sizeof(*flags), (off_t) (pfn * sizeof(*flags)));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if ((size_t) n < sizeof(*flags))
                        return -ENODATA;
                words = (size_t) n / sizeof(*flags);
                for (size_t i = 0; i < words; i++)
                        scan_page(scan, pfn + i, flags[i]);
                pfn += words;
                pages -= words;
        }
        return 0;
}

/* The least size of the kernel's struct page, in bytes; 64 nearly everywhere. */
#define PAGE_STRUCT_MIN 56U

static bool memmap_on_memory(struct tree *tree)
{
        _cleanup_free_ char *text =
                text_read(tree->root_fd, "sys/module/memory_hotplug/parameters/memmap_on_memory");

        return text && text[0] != 'N' && text[0] != '0';
}

/*
 * How many pages at the beginning of a block are its own memory map: all that have but the one flag that
 * says so (and the one for reserved, up to Linux 6.11), if they are enough for it, and 0 if they are not:
 * the flag has other uses, too.
 */
static uint64_t own_memmap(struct tree *tree, int fd, uint64_t pfn, uint64_t pages)
{
        uint64_t n = 0, flags;

        if (tree->page_size == 0 || !memmap_on_memory(tree))
                return 0;
        while (n < pages && read_one(fd, pfn + n, &flags) &&
               (flags & ~FLAG(KPF_RESERVED)) == FLAG(KPF_OWNER_PRIVATE))
                n++;
        return n < pages && n >= pages * PAGE_STRUCT_MIN / tree->page_size ? n : 0;
}

int page_census_take(struct tree *tree, uint64_t pfn, uint64_t pages, struct page_census *ret)
{
        _cleanup_free_ uint64_t *flags = NULL;
        _cleanup_close_ int fd = -1;
        struct scan scan = { .census = ret };
        uint64_t memmap;
        int r;

        *ret = (struct page_census){ 0 };
        fd = openat(tree->root_fd, "proc/kpageflags", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return -errno;
        flags = malloc(CHUNK_WORDS * sizeof(*flags));
        if (!flags)
                return -ENOMEM;

        scan.fd = fd;
        memmap = own_memmap(tree, fd, pfn, pages);
        add(ret, MEMCTL_CLASS_MEMMAP, 0, memmap);
        pfn += memmap;
        pages -= memmap;
        look_back(&scan, pfn);
        r = scan_all(&scan, pfn, pages, flags);
        if (r < 0)
                return r;
        if (scan.compound && scan.order == 0)
                scan.order = compound_order(fd, scan.pfn);
        end_run(&scan);
        return 0;
}
