/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma.h"

#include "daemon/machine/text.h"
#include "basic/attr.h"
#include "basic/cleanup.h"
#include "basic/number.h"
#include "basic/saturated.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CMA_DIR "sys/kernel/mm/cma"

/* A kernel has a few dozen at most (CONFIG_CMA_AREAS). */
#define AREAS_MAX 1024

static uint64_t read_figure(int fd, const char *area, const char *name)
{
        char path[128], text[ATTR_MAX];
        uint64_t figure;

        (void) snprintf(path, sizeof(path), "%s/%s", area, name);
        if (attr_read(fd, path, text, sizeof(text)) < 0 || parse_u64(text, 10, &figure) < 0)
                return CMA_NOT_TOLD;
        return figure;
}

static uint64_t bytes_of(const struct tree *tree, uint64_t pages)
{
        return pages == CMA_NOT_TOLD || tree->page_size == 0 ? CMA_NOT_TOLD
                                                             : multiply_saturated(pages, tree->page_size);
}

/* total_pages and available_pages are there since Linux 6.15. */
static int add_area(const struct tree *tree, int fd, const char *name, struct cma_areas *areas)
{
        struct cma_area area = {
                .total_bytes = bytes_of(tree, read_figure(fd, name, "total_pages")),
                .free_bytes = bytes_of(tree, read_figure(fd, name, "available_pages")),
                .alloc_success = read_figure(fd, name, "alloc_pages_success"),
                .alloc_failed = read_figure(fd, name, "alloc_pages_fail"),
        };
        struct cma_area *list;

        if (strlen(name) >= sizeof(area.name) || areas->n == AREAS_MAX)
                return 0;
        (void) strcpy(area.name, name);
        list = reallocarray(areas->areas, areas->n + 1, sizeof(*list));
        if (!list)
                return -ENOMEM;
        areas->areas = list;
        areas->areas[areas->n++] = area;
        return 0;
}

static int compare_areas(const void *a, const void *b)
{
        const struct cma_area *x = a, *y = b;

        return strcmp(x->name, y->name);
}

static int read_areas(struct tree *tree, struct cma_areas *areas)
{
        _cleanup_closedir_ DIR *dir = NULL;
        const struct dirent *entry;
        int fd, r = 0;

        fd = openat(tree->root_fd, CMA_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return 0;
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return -ENOMEM;
        }
        while (r >= 0 && (entry = readdir(dir)))
                if (entry->d_name[0] != '.')
                        r = add_area(tree, fd, entry->d_name, areas);
        if (areas->n > 1)
                qsort(areas->areas, areas->n, sizeof(*areas->areas), compare_areas);
        return r;
}

/* The sum over the areas, where each tells; else what is there already. */
static void sum_up(const struct cma_areas *areas, size_t offset, uint64_t *sum)
{
        uint64_t all = 0;

        for (size_t i = 0; i < areas->n; i++) {
                uint64_t figure;

                memcpy(&figure, (const char *) &areas->areas[i] + offset, sizeof(figure));
                if (figure == CMA_NOT_TOLD)
                        return;
                all = add_saturated(all, figure);
        }
        if (areas->n > 0)
                *sum = all;
}

/* An area that is the only one has what all have. */
static void spread(struct cma_areas *areas)
{
        struct cma_area *only = areas->areas;

        if (areas->n != 1)
                return;
        if (only->total_bytes == CMA_NOT_TOLD)
                only->total_bytes = areas->all.total_bytes;
        if (only->free_bytes == CMA_NOT_TOLD)
                only->free_bytes = areas->all.free_bytes;
}

int cma_read(struct tree *tree, struct cma_areas *ret)
{
        _cleanup_free_ char *meminfo = text_read(tree->root_fd, "proc/meminfo");
        struct cma_areas areas = {
                .all = { "", CMA_NOT_TOLD, CMA_NOT_TOLD, CMA_NOT_TOLD, CMA_NOT_TOLD },
        };
        int r;

        r = read_areas(tree, &areas);
        if (r < 0) {
                cma_clear(&areas);
                return r;
        }
        sum_up(&areas, offsetof(struct cma_area, alloc_success), &areas.all.alloc_success);
        sum_up(&areas, offsetof(struct cma_area, alloc_failed), &areas.all.alloc_failed);
        if (areas.n == 0) {
                _cleanup_free_ char *vmstat = text_read(tree->root_fd, "proc/vmstat");

                if (vmstat) {
                        (void) text_number(vmstat, "cma_alloc_success", &areas.all.alloc_success);
                        (void) text_number(vmstat, "cma_alloc_fail", &areas.all.alloc_failed);
                }
        }
        if (!meminfo || !text_kib(meminfo, "CmaTotal:", &areas.all.total_bytes))
                sum_up(&areas, offsetof(struct cma_area, total_bytes), &areas.all.total_bytes);
        if (!meminfo || !text_kib(meminfo, "CmaFree:", &areas.all.free_bytes))
                sum_up(&areas, offsetof(struct cma_area, free_bytes), &areas.all.free_bytes);
        spread(&areas);
        *ret = areas;
        return 0;
}

void cma_clear(struct cma_areas *areas)
{
        free(areas->areas);
        *areas = (struct cma_areas){ 0 };
}
