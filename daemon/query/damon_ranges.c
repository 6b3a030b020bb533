/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which memory DAMON is to watch, and which it has found untouched.
 */
#include "daemon/query/damon_ranges.h"
#include "basic/attr.h"
#include "basic/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* More regions than DAMON is told to have are none of its answers. */
#define REGIONS_MAX ((size_t) 64 * DAMON_RANGES_MAX)

static int add(struct cold_ranges *ranges, uint64_t start, uint64_t end)
{
        struct cold_range *more;

        /* by doubling, whenever the number is a power of two */
        if ((ranges->n_ranges & (ranges->n_ranges - 1)) == 0) {
                more = reallocarray(ranges->ranges, ranges->n_ranges ? 2 * ranges->n_ranges : 1,
                                    sizeof(*more));
                if (!more)
                        return -ENOMEM;
                ranges->ranges = more;
        }
        ranges->ranges[ranges->n_ranges++] = (struct cold_range){ .start = start, .end = end };
        return 0;
}

/* Cuts what has cold pages at multiples of piece. One range a piece: what is cold in it, and what is
 * between. */
static int cut(const struct cold *cold, uint64_t piece, struct cold_ranges *ranges)
{
        int r = 0;

        ranges->n_ranges = 0;
        for (size_t i = 0; r >= 0 && i < cold->n_blocks && ranges->n_ranges <= DAMON_RANGES_MAX; i++) {
                uint64_t start = cold->blocks[i].pfn, end = start + COLD_PAGES_EACH;
                struct cold_range *last = ranges->n_ranges ? &ranges->ranges[ranges->n_ranges - 1] : NULL;

                if (cold->blocks[i].cold == 0)
                        continue;
                if (last && last->start / piece == start / piece)
                        last->end = end;
                else
                        r = add(ranges, start, end);
        }
        return r;
}

int damon_ranges(const struct cold *cold, struct cold_ranges *ret)
{
        struct cold_ranges ranges = { 0 };
        uint64_t piece = COLD_PAGES_EACH;
        int r;

        /* doubled until they are few enough: at the latest when one piece has all memory */
        do {
                r = cut(cold, piece, &ranges);
                piece *= 2;
        } while (r >= 0 && ranges.n_ranges > DAMON_RANGES_MAX);
        if (r < 0) {
                free(ranges.ranges);
                return r;
        }
        *ret = ranges;
        return 0;
}

static int read_address(int fd, const char *region, const char *name, uint64_t *ret)
{
        char path[300], text[32];
        ssize_t n;

        (void) snprintf(path, sizeof(path), "%s/%s", region, name);
        n = attr_read(fd, path, text, sizeof(text));
        return n < 0 ? (int) n : parse_u64(text, 10, ret);
}

static int compare(const void *a, const void *b)
{
        const struct cold_range *x = a, *y = b;

        return x->start < y->start ? -1 : x->start > y->start;
}

/* A page that is only partly in a region is not in it. */
static int read_region(int fd, const char *name, uint64_t page_size, struct cold_ranges *ranges)
{
        uint64_t start, end;
        int r;

        r = read_address(fd, name, "start", &start);
        if (r >= 0)
                r = read_address(fd, name, "end", &end);
        if (r < 0)
                return r;
        if (start >= end || end > UINT64_MAX - page_size || ranges->n_ranges == REGIONS_MAX)
                return -EBADMSG;
        start = (start + page_size - 1) / page_size;
        end /= page_size;
        return start < end ? add(ranges, start, end) : 0;
}

int damon_read_regions(int directory_fd, uint64_t page_size, struct cold_ranges *ret)
{
        _cleanup_closedir_ DIR *directory = NULL;
        struct cold_ranges ranges = { 0 };
        const struct dirent *entry;
        int r = 0, fd;

        fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        directory = fdopendir(fd);
        if (!directory) {
                close(fd);
                return -ENOMEM;
        }
        while (r >= 0 && (entry = readdir(directory)))
                if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') /* beside them are files */
                        r = read_region(directory_fd, entry->d_name, page_size, &ranges);
        if (r >= 0 && ranges.n_ranges > 0)
                qsort(ranges.ranges, ranges.n_ranges, sizeof(*ranges.ranges), compare);
        for (size_t i = 1; r >= 0 && i < ranges.n_ranges; i++)
                if (ranges.ranges[i].start < ranges.ranges[i - 1].end)
                        r = -EBADMSG;
        if (r < 0) {
                free(ranges.ranges);
                return r;
        }
        *ret = ranges;
        return 0;
}
