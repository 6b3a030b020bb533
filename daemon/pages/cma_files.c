/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma_files.h"

#include "basic/attr.h"
#include "basic/cleanup.h"
#include "basic/file.h"
#include "basic/number.h"
#include "basic/saturated.h"
#include "daemon/pages/cma_bitmap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define SYSFS   "sys/kernel/mm/cma"
#define DEBUGFS "sys/kernel/debug/cma"

/* 2^25 pieces in numbers of ten digits and a blank. */
#define BITMAP_MAX ((size_t) 12 << 20)

#define PATH_SIZE   160
#define FOLDER_SIZE 128

static uint64_t read_figure(int fd, const char *folder, const char *name)
{
        char path[PATH_SIZE], text[ATTR_MAX];
        uint64_t figure;

        if ((size_t) snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path) ||
            attr_read(fd, path, text, sizeof(text)) < 0 || parse_u64(text, 10, &figure) < 0)
                return CMA_NOT_TOLD;
        return figure;
}

static uint64_t in_bytes(const struct tree *tree, uint64_t pages)
{
        return pages == CMA_NOT_TOLD || tree->page_size == 0 ? CMA_NOT_TOLD
                                                             : multiply_saturated(pages, tree->page_size);
}

/* Names come from folders, or from memctl.ko: they name a file only where they cannot lead out of its
 * folder. */
static bool is_file_name(const char *name)
{
        return *name && *name != '.' && !strchr(name, '/') && strlen(name) < MODULE_CMA_NAME_SIZE;
}

/* In a folder with an entry for each area. 1, 0, -EACCES or -ENOMEM. */
static int for_each(const struct tree *tree, const char *folder,
                    int (*read)(const struct tree *tree, int fd, const char *entry, struct cma_areas *areas),
                    struct cma_areas *areas)
{
        _cleanup_closedir_ DIR *dir = NULL;
        const struct dirent *entry;
        int fd, r = 0;

        fd = openat(tree->root_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return errno == EACCES || errno == EPERM ? -EACCES : 0;
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return -ENOMEM;
        }
        while (r >= 0 && (entry = readdir(dir)))
                if (is_file_name(entry->d_name))
                        r = read(tree, fd, entry->d_name, areas);
        return r < 0 ? r : 1;
}

/* total_pages and available_pages are there since Linux 6.15. The figures named alloc_* and release_* count
 * pages. */
static int read_sysfs_area(const struct tree *tree, int fd, const char *entry, struct cma_areas *areas)
{
        uint64_t total = read_figure(fd, entry, "total_pages");
        uint64_t available = read_figure(fd, entry, "available_pages");
        struct cma_area *area = cma_get(areas, entry);

        if (!area)
                return areas->n < MODULE_CMA_AREAS_MAX ? -ENOMEM : 0;
        cma_area_tell(area, CMA_TOTAL_BYTES, in_bytes(tree, total), CMA_SOURCE_SYSFS);
        if (total != CMA_NOT_TOLD && available <= total)
                cma_area_tell(area, CMA_USED_BYTES, in_bytes(tree, total - available), CMA_SOURCE_SYSFS);
        cma_area_tell(area, CMA_SUCCEEDED_PAGES, read_figure(fd, entry, "alloc_pages_success"),
                      CMA_SOURCE_SYSFS);
        cma_area_tell(area, CMA_FAILED_PAGES, read_figure(fd, entry, "alloc_pages_fail"), CMA_SOURCE_SYSFS);
        cma_area_tell(area, CMA_RELEASED_PAGES, read_figure(fd, entry, "release_pages_success"),
                      CMA_SOURCE_SYSFS);
        return 0;
}

int cma_sysfs_read(const struct tree *tree, struct cma_areas *areas)
{
        return for_each(tree, SYSFS, read_sysfs_area, areas);
}

static char *read_bitmap(int fd, const char *folder)
{
        char path[PATH_SIZE];

        if ((size_t) snprintf(path, sizeof(path), "%s/bitmap", folder) >= sizeof(path))
                return NULL;
        return file_read(fd, path, BITMAP_MAX, NULL);
}

/* Of a range's size only its bitmap tells, in whole numbers of 32 pieces. */
static uint64_t read_pages(int fd, const char *folder, unsigned int order)
{
        _cleanup_free_ char *bitmap = read_bitmap(fd, folder);

        return bitmap ? multiply_saturated(cma_bitmap_count(bitmap), UINT64_C(32) << order) : 0;
}

/* Since Linux 6.15 an area may be of several ranges, ascending, each with a folder of its own. */
static size_t read_ranges(int fd, const char *entry, unsigned int order,
                          struct pfn_range ranges[static MODULE_CMA_RANGES_MAX])
{
        char folder[FOLDER_SIZE];
        size_t n = 0;

        for (; n < MODULE_CMA_RANGES_MAX; n++) {
                (void) snprintf(folder, sizeof(folder), "%.64s/ranges/%zu", entry, n);
                ranges[n].start = ranges[n].end = read_figure(fd, folder, "base_pfn");
                if (ranges[n].start == CMA_NOT_TOLD)
                        break;
        }
        for (size_t i = 0; n > 1 && i < n; i++) {
                (void) snprintf(folder, sizeof(folder), "%.64s/ranges/%zu", entry, i);
                ranges[i].end = add_saturated(ranges[i].start, read_pages(fd, folder, order));
        }
        if (n == 0) {
                ranges[0].start = ranges[0].end = read_figure(fd, entry, "base_pfn");
                n = ranges[0].start != CMA_NOT_TOLD;
        }
        return n;
}

/*
 * The kernel tells the pages of all ranges, and of each only how many numbers its bitmap has. That is enough
 * for one range, and for several that are whole numbers long, as all are with pieces of a page; else where
 * they end cannot be told.
 */
static void settle_ranges(struct cma_area *area, struct pfn_range *ranges, size_t n, uint64_t pages,
                          unsigned int order)
{
        uint64_t sum = 0;

        for (size_t i = 0; i < n; i++) {
                sum = add_saturated(sum, ranges[i].end - ranges[i].start);
                if (i > 0 && ranges[i].start < ranges[i - 1].end)
                        n = 0;
        }
        if (n == 1)
                ranges[0].end = add_saturated(ranges[0].start, pages);
        else if (sum != pages)
                for (size_t i = 0; i < n; i++)
                        ranges[i].end = 0;
        if (n == 0 || area->n_ranges > 0 || (n == 1 && (pages == 0 || ranges[0].end == UINT64_MAX)))
                return;
        memcpy(area->ranges, ranges, n * sizeof(*ranges));
        area->n_ranges = n;
        area->ranges_source = CMA_SOURCE_DEBUGFS;
        area->order_per_bit = (uint8_t) order;
}

static int read_debugfs_area(const struct tree *tree, int fd, const char *entry, struct cma_areas *areas)
{
        uint64_t count = read_figure(fd, entry, "count"), order = read_figure(fd, entry, "order_per_bit");
        struct pfn_range ranges[MODULE_CMA_RANGES_MAX];
        struct cma_area *area;
        size_t n;

        /* the kernel shows the lock behind it in the upper half */
        if (order != CMA_NOT_TOLD)
                order &= UINT32_MAX;
        if (count == CMA_NOT_TOLD || order > 32)
                return 0;
        area = cma_get(areas, entry);
        if (!area)
                return areas->n < MODULE_CMA_AREAS_MAX ? -ENOMEM : 0;
        cma_area_tell(area, CMA_TOTAL_BYTES, in_bytes(tree, count), CMA_SOURCE_DEBUGFS);
        cma_area_tell(area, CMA_USED_BYTES, in_bytes(tree, read_figure(fd, entry, "used")),
                      CMA_SOURCE_DEBUGFS);
        cma_area_tell(area, CMA_LARGEST_FREE_BYTES, in_bytes(tree, read_figure(fd, entry, "maxchunk")),
                      CMA_SOURCE_DEBUGFS);
        cma_area_tell(area, CMA_PIECE_BYTES, in_bytes(tree, UINT64_C(1) << order), CMA_SOURCE_DEBUGFS);
        if (area->n_ranges == 0) {
                n = read_ranges(fd, entry, (unsigned int) order, ranges);
                settle_ranges(area, ranges, n, count, (unsigned int) order);
        }
        return 0;
}

int cma_debugfs_read(const struct tree *tree, struct cma_areas *areas)
{
        return for_each(tree, DEBUGFS, read_debugfs_area, areas);
}

static int read_words(const struct tree *tree, const struct cma_area *area, size_t range, uint64_t **ret)
{
        const struct pfn_range *pfns = &area->ranges[range];
        _cleanup_free_ char *text = NULL;
        char folder[FOLDER_SIZE];

        if (pfns->end == 0)
                return -ENODATA;
        (void) snprintf(folder, sizeof(folder), DEBUGFS "/%s/ranges/%zu", area->name, range);
        text = read_bitmap(tree->root_fd, folder);
        if (!text && range == 0) {
                (void) snprintf(folder, sizeof(folder), DEBUGFS "/%s", area->name);
                text = read_bitmap(tree->root_fd, folder);
        }
        return text ? cma_bitmap_parse(text, (pfns->end - pfns->start) >> area->order_per_bit, ret)
                    : -ENODATA;
}

int cma_debugfs_words(const struct tree *tree, const struct cma_area *area,
                      uint64_t *words[static MODULE_CMA_RANGES_MAX])
{
        int r = area->n_ranges > 0 && area->ranges_source == CMA_SOURCE_DEBUGFS && is_file_name(area->name)
                        ? 0
                        : -ENODATA;

        memset(words, 0, MODULE_CMA_RANGES_MAX * sizeof(*words));
        for (size_t i = 0; r >= 0 && i < area->n_ranges; i++)
                r = read_words(tree, area, i, &words[i]);
        for (size_t i = 0; r < 0 && i < MODULE_CMA_RANGES_MAX; i++) {
                free(words[i]);
                words[i] = NULL;
        }
        return r;
}
