/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/usage.h"

#include "daemon/machine/text.h"
#include "daemon/pages/kpageflags.h"

#include <errno.h>
#include <string.h>

void block_usage_add(struct block_usage *usage, enum memctl_class class, unsigned int order, uint64_t pages)
{
        switch (class) {
        case MEMCTL_CLASS_HWPOISON:
                usage->pages_bad += pages;
                break;
        case MEMCTL_CLASS_UNSPEC:
        case MEMCTL_CLASS_OFFLINE:
        case MEMCTL_CLASS_MEMMAP: /* goes with the block */
                break;
        case MEMCTL_CLASS_FREE:
                usage->pages_free += pages;
                break;
        default:
                usage->pages_in_use += pages;
                if (class == MEMCTL_CLASS_LRU_FILE)
                        usage->pages_file += pages;
                if (class == MEMCTL_CLASS_HUGETLB)
                        usage->pages_huge[order < USAGE_ORDERS ? order : USAGE_ORDERS - 1] += pages;
        }
}

int block_usage_read(struct tree *tree, uint64_t block_size, uint32_t number, struct block_usage *ret)
{
        uint64_t pages = tree->page_size > 0 ? block_size / tree->page_size : 0;
        struct page_census census;
        int r;

        r = pages > 0 ? page_census_take(tree, number * pages, pages, &census) : -ENODATA;
        if (r == -ENOMEM)
                return r;
        *ret = (struct block_usage){ .number = number, .known = r >= 0 };
        for (unsigned int class = 0; r >= 0 && class <= MEMCTL_CLASS_MAX; class ++)
                for (unsigned int order = 0; order < CENSUS_ORDERS; order++)
                        block_usage_add(ret, (enum memctl_class) class, order, census.pages[class][order]);
        return 0;
}

void memory_room_read(struct tree *tree, struct memory_room *ret)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/meminfo");

        *ret = (struct memory_room){ 0 };
        if (!text)
                return;
        ret->known = text_kib(text, "MemAvailable:", &ret->available_bytes);
}

int64_t corrupted_bytes_read(struct tree *tree)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/meminfo");
        uint64_t bytes;

        return text && text_kib(text, "HardwareCorrupted:", &bytes) && bytes <= INT64_MAX ? (int64_t) bytes
                                                                                          : -1;
}

/* A heading, then a line for each that is in use. */
bool swap_is_on(struct tree *tree)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/swaps");
        const char *end = text ? strchr(text, '\n') : NULL;

        return end && end[1] != '\0';
}

uint64_t pages_migrated_read(struct tree *tree)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/vmstat");
        uint64_t migrated = 0;

        if (text)
                (void) text_number(text, "pgmigrate_success", &migrated);
        return migrated;
}
