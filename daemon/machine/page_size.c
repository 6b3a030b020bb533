/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/page_size.h"

#include "daemon/machine/listing.h"
#include "daemon/machine/text.h"
#include "basic/attr.h"
#include "basic/cleanup.h"
#include "basic/file.h"
#include "basic/number.h"
#include "basic/saturated.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PAGE_SIZE_MIN UINT64_C(4096)
#define PAGE_SIZE_MAX (UINT64_C(1) << 20)

/* zoneinfo grows with nodes and CPUs; this is for a thousand of them. */
#define ZONEINFO_MAX ((size_t) 16 * 1024 * 1024)

/* Fewer pages than this tell nothing: such a figure may have doubled between two reads. */
#define PAGES_LEAST 64

/* Figures that drift between two reads. */
static const struct {
        const char *bytes, *pages; /* in proc/meminfo, in proc/vmstat */
} pairs[] = {
        { "MemFree:", "nr_free_pages" },  { "CmaFree:", "nr_free_cma" },
        { "AnonPages:", "nr_anon_pages" }, { "Mapped:", "nr_mapped" },
        { "Shmem:", "nr_shmem" },         { "Unevictable:", "nr_unevictable" },
};

/* The page size that both figures agree on within a fifth; 0: there is none. */
static uint64_t compare(uint64_t bytes, uint64_t pages)
{
        uint64_t each = pages >= PAGES_LEAST ? bytes / pages : 0;

        for (uint64_t size = PAGE_SIZE_MIN; size <= PAGE_SIZE_MAX; size *= 2)
                if (each >= size - size / 5 && each <= size + size / 5)
                        return size;
        return 0;
}

/* The sum of what all zones have under a name. */
static uint64_t sum_of_zones(int root_fd, const char *name)
{
        _cleanup_free_ char *text = file_read(root_fd, "proc/zoneinfo", ZONEINFO_MAX, NULL);
        uint64_t sum = 0;
        char *save = NULL;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save)) {
                char word[64];
                uint64_t pages;

                if (sscanf(line, " %63[a-z_] %19" SCNu64, word, &pages) == 2 && strcmp(word, name) == 0)
                        sum = add_saturated(sum, pages);
        }
        return sum;
}

struct total {
        int root_fd;
        uint64_t bytes;
};

static int add_node(void *userdata, uint32_t node)
{
        struct total *total = userdata;
        char path[64];
        uint64_t bytes;

        (void) snprintf(path, sizeof(path), "sys/devices/system/node/node%u/meminfo", node);
        _cleanup_free_ char *text = text_read(total->root_fd, path);
        if (text && text_kib(text, "MemTotal:", &bytes))
                total->bytes = add_saturated(total->bytes, bytes);
        return 0;
}

/*
 * By what nodes have, then by /proc/meminfo, which may be about less than the machine or more: lxcfs and
 * other keepers of containers put one of their own there.
 */
static uint64_t by_all_memory(int root_fd, const char *meminfo)
{
        struct total total = { .root_fd = root_fd };
        uint64_t managed = sum_of_zones(root_fd, "managed"), size;

        (void) list_numbered(root_fd, "sys/devices/system/node", "node", add_node, &total);
        size = compare(total.bytes, managed);
        if (size == 0 && meminfo && text_kib(meminfo, "MemTotal:", &total.bytes))
                size = compare(total.bytes, managed);
        return size;
}

static int keep_highest(void *userdata, uint32_t block)
{
        uint64_t *blocks = userdata;

        if (block >= *blocks)
                *blocks = block + UINT64_C(1);
        return 0;
}

/* It has a word for each page up to the end of the highest block. */
static uint64_t by_kpageflags(int root_fd)
{
        uint64_t blocks = 0, block_size, bytes;
        char text[ATTR_MAX];
        struct stat st;

        if (fstatat(root_fd, "proc/kpageflags", &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
            st.st_size < (off_t) sizeof(uint64_t) ||
            attr_read(root_fd, "sys/devices/system/memory/block_size_bytes", text, sizeof(text)) < 0 ||
            parse_u64(text, 16, &block_size) < 0)
                return 0;
        (void) list_numbered(root_fd, "sys/devices/system/memory", "memory", keep_highest, &blocks);
        bytes = multiply_saturated(blocks, block_size);
        for (uint64_t size = PAGE_SIZE_MIN; size <= PAGE_SIZE_MAX; size *= 2)
                if (multiply_saturated((uint64_t) st.st_size / sizeof(uint64_t), size) == bytes)
                        return size;
        return 0;
}

/* All that say something have to say the same. */
static uint64_t by_figures(int root_fd, const char *meminfo)
{
        _cleanup_free_ char *vmstat = text_read(root_fd, "proc/vmstat");
        uint64_t found = 0;

        for (size_t i = 0; meminfo && i < ELEMENTSOF(pairs); i++) {
                uint64_t bytes, pages, size;

                if (!text_kib(meminfo, pairs[i].bytes, &bytes))
                        continue;
                if (!vmstat || !text_number(vmstat, pairs[i].pages, &pages))
                        pages = sum_of_zones(root_fd, pairs[i].pages);
                size = compare(bytes, pages);
                if (size > 0 && found > 0 && size != found)
                        return 0;
                found = size > 0 ? size : found;
        }
        return found;
}

uint64_t page_size_find(int root_fd)
{
        _cleanup_free_ char *meminfo = text_read(root_fd, "proc/meminfo");
        uint64_t size = by_all_memory(root_fd, meminfo);

        if (size == 0)
                size = by_kpageflags(root_fd);
        return size > 0 ? size : by_figures(root_fd, meminfo);
}
