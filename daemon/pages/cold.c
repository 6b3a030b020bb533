/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cold.h"

#include "daemon/pages/kpageflags.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdlib.h>

#define FLAG(bit) (UINT64_C(1) << (bit))

/* Words read at once; a multiple of COLD_PAGES_EACH. */
#define CHUNK_WORDS 65536U

const char *cold_source_name(enum cold_source source)
{
        static const char *const names[_COLD_SOURCE_MAX] = {
                [COLD_NONE] = "none",
                [COLD_DAMON] = "damon",
                [COLD_PAGE_IDLE] = "page_idle",
                [COLD_LRU_GEN] = "lru_gen",
                [COLD_INACTIVE_LIST] = "inactive_list",
        };

        return names[source];
}

void cold_clear(struct cold *cold)
{
        free(cold->blocks);
        free(cold->note);
        *cold = (struct cold){ 0 };
}

uint64_t cold_pages(const struct cold *cold)
{
        uint64_t pages = 0;

        for (size_t i = 0; i < cold->n_blocks; i++)
                pages += cold->blocks[i].cold;
        return pages;
}

static bool is_in(const struct cold_ranges *ranges, uint64_t pfn)
{
        size_t from = 0, to = ranges->n_ranges;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (ranges->ranges[middle].end <= pfn)
                        from = middle + 1;
                else
                        to = middle;
        }
        return from < ranges->n_ranges && ranges->ranges[from].start <= pfn;
}

bool cold_is_cold(const struct cold_evidence *evidence, uint64_t pfn, uint64_t head, uint64_t flags)
{
        switch (evidence->lists) {
        case COLD_INACTIVE_LIST:
                if (flags & FLAG(KPF_ACTIVE))
                        return false;
                break;
        case COLD_LRU_GEN:
                if (!evidence->hot || page_bits_has(evidence->hot, pfn))
                        return false;
                break;
        default:
                return false;
        }
        return (!evidence->untouched || is_in(evidence->untouched, pfn)) &&
               (!evidence->idle || page_bits_has(evidence->idle, head));
}

/* What alloc_contig_range() drops, be it mapped or not: on an LRU list, of a file, and clean. */
static bool is_clean_cache(uint64_t flags)
{
        return kpageflags_class(flags) == MEMCTL_CLASS_LRU_FILE &&
               !(flags & (FLAG(KPF_DIRTY) | FLAG(KPF_WRITEBACK)));
}

static int add_block(struct cold *cold, const struct cold_block *block)
{
        struct cold_block *blocks;

        if (block->cold == 0 && block->hot == 0 && block->mapped == 0)
                return 0;
        /* by doubling, whenever the number is a power of two */
        if ((cold->n_blocks & (cold->n_blocks - 1)) == 0) {
                blocks =
                        reallocarray(cold->blocks, cold->n_blocks ? 2 * cold->n_blocks : 1, sizeof(*blocks));
                if (!blocks)
                        return -ENOMEM;
                cold->blocks = blocks;
        }
        cold->blocks[cold->n_blocks++] = *block;
        return 0;
}

/* The folio that a page is in. */
struct head {
        uint64_t pfn, flags;
};

static void count_page(const struct cold_evidence *evidence, uint64_t pfn, uint64_t flags,
                       const struct head *head, struct cold_block *block)
{
        if (!is_clean_cache(head->flags))
                return;
        /* some kernels tell of each page of a folio whether it is mapped, others of the folio */
        if ((flags | head->flags) & FLAG(KPF_MMAP))
                block->mapped++;
        else if (cold_is_cold(evidence, pfn, head->pfn, head->flags))
                block->cold++;
        else
                block->hot++;
}

static int count_chunk(uint64_t pfn, const uint64_t *flags, size_t words, struct head *head,
                       const struct cold_evidence *evidence, struct cold *cold)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < words; i += COLD_PAGES_EACH) {
                struct cold_block block = { .pfn = pfn + i };

                for (size_t j = i; j < words && j < i + COLD_PAGES_EACH; j++) {
                        /* some kernels show a tail without most of its flags */
                        if (!(flags[j] & FLAG(KPF_COMPOUND_TAIL)))
                                *head = (struct head){ .pfn = pfn + j, .flags = flags[j] };
                        count_page(evidence, pfn + j, flags[j], head, &block);
                }
                r = add_block(cold, &block);
        }
        return r;
}

int cold_count(struct tree *tree, uint64_t start, uint64_t end, const struct cold_evidence *evidence,
               struct cold *cold)
{
        _cleanup_free_ uint64_t *flags = NULL;
        _cleanup_close_ int fd = -1;
        struct head head = { .flags = FLAG(KPF_NOPAGE) };

        fd = openat(tree->root_fd, "proc/kpageflags", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return -errno;
        flags = malloc(CHUNK_WORDS * sizeof(*flags));
        if (!flags)
                return -ENOMEM;
        while (start < end) {
                size_t words = end - start < CHUNK_WORDS ? (size_t) (end - start) : CHUNK_WORDS;
                ssize_t n = pread(fd, flags, words * sizeof(*flags), (off_t) (start * sizeof(*flags)));
                int r;

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if ((size_t) n != words * sizeof(*flags))
                        return -ENODATA;
                r = count_chunk(start, flags, words, &head, evidence, cold);
                if (r < 0)
                        return r;
                start += words;
        }
        return 0;
}
