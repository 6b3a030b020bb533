/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma.h"

#include "basic/cleanup.h"
#include "basic/saturated.h"
#include "daemon/machine/text.h"
#include "daemon/module/cma.h"
#include "daemon/pages/cma_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void note(struct cma_areas *areas, const char *text)
{
        cma_note(areas, strdup(text));
}

/* memctl.ko is the first to be asked: what it says of an area is not said by anybody else then. */
static int take_module(const struct tree *tree, struct cma_areas *areas)
{
        _cleanup_(module_cma_clear) struct module_cma_areas told = { 0 };
        _cleanup_free_ char *message = NULL;
        char *text = NULL;
        int r;

        r = module_cma_read(tree, &told, &message);
        if (r == -ENOMEM)
                return r;
        if (r == 0)
                note(areas, tree->live ? "memctl.ko is not loaded: who holds what, why allocations failed, "
                                         "and what they needed cannot be told"
                                       : "a tree has no memctl.ko to ask who holds what and why allocations "
                                         "failed");
        else if (r < 0) {
                if (asprintf(&text, "memctl.ko does not watch CMA here: %s",
                             message ? message : strerror(-r)) < 0)
                        return -ENOMEM;
                cma_note(areas, text);
        }
        for (size_t i = 0; i < told.n && tree->page_size > 0; i++) {
                struct cma_area *area = cma_find(areas, told.areas[i].name);

                if (area && area->watched) /* another area of the same name: the first is told */
                        continue;
                area = cma_get(areas, told.areas[i].name);
                if (!area)
                        return -ENOMEM;
                cma_area_take_module(area, &told.areas[i], tree->page_size);
        }
        return 0;
}

/* Whether the module has told all that debugfs could tell. */
static bool all_are_watched(const struct cma_areas *areas)
{
        for (size_t i = 0; i < areas->n; i++)
                if (!areas->areas[i].watched)
                        return false;
        return areas->n > 0;
}

static int take_files(const struct tree *tree, struct cma_areas *areas)
{
        int debugfs, sysfs;

        debugfs = cma_debugfs_read(tree, areas);
        if (debugfs == -ENOMEM)
                return debugfs;
        if (debugfs <= 0 && !all_are_watched(areas))
                note(areas,
                     debugfs < 0   ? "debugfs may not be read: only root may"
                     : !tree->live ? "the tree has no sys/kernel/debug/cma"
                     : faccessat(tree->root_fd, "sys/kernel/debug/clear_warn_once", F_OK, 0) < 0
                             ? "debugfs is not mounted at /sys/kernel/debug, or may not be looked into"
                             : "debugfs has no folder cma: the kernel is built without "
                               "CONFIG_CMA_DEBUGFS");
        sysfs = cma_sysfs_read(tree, areas);
        if (sysfs == -ENOMEM)
                return sysfs;
        if (sysfs <= 0)
                note(areas, tree->live ? "/sys/kernel/mm/cma is missing: the kernel is built without "
                                         "CONFIG_CMA_SYSFS"
                                       : "the tree has no sys/kernel/mm/cma");
        return 0;
}

static int compare_areas(const void *a, const void *b)
{
        const struct cma_area *x = a, *y = b;

        return strcmp(x->name, y->name);
}

/* The sum over the areas, where each tells; else what is there already. */
static void sum_up(const struct cma_areas *areas, enum cma_figure figure, uint64_t *sum)
{
        uint64_t all = 0;

        for (size_t i = 0; i < areas->n; i++) {
                if (areas->areas[i].figures[figure] == CMA_NOT_TOLD)
                        return;
                all = add_saturated(all, areas->areas[i].figures[figure]);
        }
        if (areas->n > 0)
                *sum = all;
}

static void read_totals(const struct tree *tree, struct cma_areas *areas)
{
        _cleanup_free_ char *meminfo = text_read(tree->root_fd, "proc/meminfo");
        _cleanup_free_ char *vmstat = text_read(tree->root_fd, "proc/vmstat");
        struct cma_totals *all = &areas->all;
        uint64_t used = CMA_NOT_TOLD;

        if (!meminfo || !text_kib(meminfo, "CmaTotal:", &all->total_bytes))
                sum_up(areas, CMA_TOTAL_BYTES, &all->total_bytes);
        if (!meminfo || !text_kib(meminfo, "CmaFree:", &all->free_bytes)) {
                sum_up(areas, CMA_USED_BYTES, &used);
                if (used <= all->total_bytes && all->total_bytes != CMA_NOT_TOLD)
                        all->free_bytes = all->total_bytes - used;
        }
        if (vmstat) {
                (void) text_number(vmstat, "cma_alloc_success", &all->succeeded);
                (void) text_number(vmstat, "cma_alloc_fail", &all->failed);
        }
        sum_up(areas, CMA_SUCCEEDED_PAGES, &all->succeeded_pages);
        sum_up(areas, CMA_FAILED_PAGES, &all->failed_pages);
}

/* An area that is the only one has what all have. */
static void spread(struct cma_areas *areas)
{
        const struct cma_totals *all = &areas->all;
        struct cma_area *only = areas->areas;

        if (areas->n != 1)
                return;
        cma_area_tell(only, CMA_TOTAL_BYTES, all->total_bytes, CMA_SOURCE_MEMINFO);
        if (all->total_bytes != CMA_NOT_TOLD && all->free_bytes <= all->total_bytes)
                cma_area_tell(only, CMA_USED_BYTES, all->total_bytes - all->free_bytes, CMA_SOURCE_MEMINFO);
        cma_area_tell(only, CMA_SUCCEEDED, all->succeeded, CMA_SOURCE_VMSTAT);
        cma_area_tell(only, CMA_FAILED, all->failed, CMA_SOURCE_VMSTAT);
}

int cma_read(const struct tree *tree, bool ask_module, struct cma_areas *ret)
{
        struct cma_areas areas = {
                .all = { CMA_NOT_TOLD, CMA_NOT_TOLD, CMA_NOT_TOLD, CMA_NOT_TOLD, CMA_NOT_TOLD,
                         CMA_NOT_TOLD },
        };
        int r = 0;

        if (ask_module)
                r = take_module(tree, &areas);
        if (r >= 0)
                r = take_files(tree, &areas);
        if (r < 0) {
                cma_clear(&areas);
                return r;
        }
        read_totals(tree, &areas);
        spread(&areas);
        if (areas.n == 0 && (areas.all.total_bytes == CMA_NOT_TOLD || areas.all.total_bytes == 0)) {
                cma_clear_notes(&areas);
                note(&areas, "this kernel has no CMA area");
        }
        if (areas.n > 1)
                qsort(areas.areas, areas.n, sizeof(*areas.areas), compare_areas);
        *ret = areas;
        return 0;
}
