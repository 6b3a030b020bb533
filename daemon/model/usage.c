/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/model/usage.h"

#include "daemon/model/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <string.h>

/* Page table pages have a flag of their own since Linux 4.18; older user-space headers lack it. */
#ifndef KPF_PGTABLE
#define KPF_PGTABLE 26
#endif

#define FLAG(bit) (UINT64_C(1) << (bit))

/* Words read at once: 512 KiB. */
#define CHUNK_WORDS 65536

/* Pages of one kind, for the owner. The names are for people. */
enum kind { KIND_KERNEL, KIND_ANON, KIND_FILE, KIND_SLAB, KIND_PAGETABLE, KIND_HUGETLB, _KIND_MAX };

static const char *const kind_names[_KIND_MAX] = {
        [KIND_KERNEL] = "kernel", [KIND_ANON] = "anon",           [KIND_FILE] = "file",
        [KIND_SLAB] = "slab",     [KIND_PAGETABLE] = "pagetable", [KIND_HUGETLB] = "hugetlb",
};

struct census {
        uint64_t free, in_use;
        uint64_t kinds[_KIND_MAX];
};

static enum kind page_kind(uint64_t flags)
{
        if (flags & FLAG(KPF_SLAB))
                return KIND_SLAB;
        if (flags & FLAG(KPF_PGTABLE))
                return KIND_PAGETABLE;
        if (flags & FLAG(KPF_HUGE))
                return KIND_HUGETLB;
        if (flags & FLAG(KPF_ANON))
                return KIND_ANON;
        if (flags & (FLAG(KPF_LRU) | FLAG(KPF_MMAP) | FLAG(KPF_UPTODATE)))
                return KIND_FILE;
        return KIND_KERNEL;
}

static void count_page(struct census *census, uint64_t flags)
{
        if (flags & (FLAG(KPF_NOPAGE) | FLAG(KPF_HWPOISON) | FLAG(KPF_OFFLINE)))
                return;
        if (flags & FLAG(KPF_BUDDY)) {
                census->free++;
                return;
        }
        census->in_use++;
        census->kinds[page_kind(flags)]++;
}

/* 0, or -errno when kpageflags cannot be read for the whole block. */
static int take_census(struct tree *tree, uint64_t block_size, uint32_t number, struct census *census)
{
        uint64_t pages = block_size / (uint64_t) sysconf(_SC_PAGESIZE);
        uint64_t pfn = number * pages;
        _cleanup_close_ int fd = -1;
        _cleanup_free_ uint64_t *flags = NULL;

        fd = openat(tree->root_fd, "proc/kpageflags", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return -errno;
        flags = malloc(CHUNK_WORDS * sizeof(*flags));
        if (!flags)
                return -ENOMEM;

        while (pages > 0) {
                size_t words = pages < CHUNK_WORDS ? (size_t) pages : CHUNK_WORDS;
                ssize_t n = pread(fd, flags, words * sizeof(*flags), (off_t) (pfn * sizeof(*flags)));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if ((size_t) n < sizeof(*flags))
                        return -ENODATA;
                words = (size_t) n / sizeof(*flags);
                for (size_t i = 0; i < words; i++)
                        count_page(census, flags[i]);
                pfn += words;
                pages -= words;
        }
        return 0;
}

int block_usage_read(struct tree *tree, uint64_t block_size, uint32_t number, struct block_usage *ret)
{
        struct census census = { 0 };
        int r;

        r = take_census(tree, block_size, number, &census);
        if (r == -ENOMEM)
                return r;
        *ret = (struct block_usage){ .number = number, .known = r >= 0 };
        if (r >= 0) {
                ret->pages_in_use = census.in_use;
                ret->pages_free = census.free;
        }
        return 0;
}

const char *block_usage_owner(struct tree *tree, uint64_t block_size, uint32_t number)
{
        struct census census = { 0 };
        enum kind most = KIND_KERNEL;

        if (take_census(tree, block_size, number, &census) < 0 || census.in_use == 0)
                return NULL;
        for (int kind = 0; kind < _KIND_MAX; kind++)
                if (census.kinds[kind] > census.kinds[most])
                        most = (enum kind) kind;
        return kind_names[most];
}

void memory_room_read(struct tree *tree, struct memory_room *ret)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/meminfo");

        *ret = (struct memory_room){ 0 };
        if (!text)
                return;
        ret->known = text_kib(text, "MemAvailable:", &ret->available_bytes);
}

uint64_t pages_migrated_read(struct tree *tree)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/vmstat");
        uint64_t migrated = 0;

        if (text)
                (void) text_number(text, "pgmigrate_success", &migrated);
        return migrated;
}
