/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/sample.h"

#include "basic/attr.h"
#include "basic/message.h"
#include "basic/number.h"
#include "basic/saturated.h"
#include "daemon/module/cma.h"
#include "daemon/pages/cma.h"

#include <errno.h>
#include <string.h>

void boot_id_read(int root_fd, char ret[static BOOT_ID_MAX])
{
        char text[64];

        ret[0] = '\0';
        if (attr_read(root_fd, "proc/sys/kernel/random/boot_id", text, sizeof(text)) == BOOT_ID_MAX - 1 &&
            strspn(text, "0123456789abcdef-") == BOOT_ID_MAX - 1)
                memcpy(ret, text, BOOT_ID_MAX);
}

/* Whole seconds. */
static uint64_t read_uptime(int root_fd)
{
        char text[64];
        uint64_t seconds;

        if (attr_read(root_fd, "proc/uptime", text, sizeof(text)) < 0)
                return 0;
        text[strcspn(text, ".")] = '\0';
        return parse_u64(text, 10, &seconds) < 0 ? 0 : seconds;
}

static uint64_t told(uint64_t figure)
{
        return figure == MODULE_CMA_NOT_TOLD ? 0 : figure;
}

static uint64_t bytes_of(const struct tree *tree, uint64_t pages)
{
        return multiply_saturated(told(pages), tree->page_size);
}

/* No allocation was larger than the largest of its size class. */
static uint64_t largest(const struct tree *tree, const struct module_cma_area *area)
{
        for (unsigned int order = MEMCTL_CMA_ORDERS; order > 0; order--)
                if (told(area->by_order[order - 1]) > 0)
                        return order == MEMCTL_CMA_ORDERS ? bytes_of(tree, area->pages)
                                                          : tree->page_size << (order - 1);
        return 0;
}

static void take_exact(const struct tree *tree, const struct module_cma_area *area,
                       struct cma_demand_area *ret)
{
        *ret = (struct cma_demand_area){
                .exact = true,
                .size = bytes_of(tree, area->pages),
                .peak = bytes_of(tree, area->peak),
                .needed = bytes_of(tree, area->needed),
                .largest = largest(tree, area),
                .align = bytes_of(tree, area->align_max),
                .requests = add_saturated(told(area->succeeded), told(area->failed)),
                .failed = told(area->failed),
                .lost = told(area->lost),
        };
        (void) snprintf(ret->name, sizeof(ret->name), "%s", area->name);
        for (unsigned int cause = 0; cause < ELEMENTSOF(area->by_cause); cause++)
                ret->by_cause[cause] = told(area->by_cause[cause]);
}

static int sample_module(const struct tree *tree, struct cma_sample *ret)
{
        struct module_cma_areas areas = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = module_cma_read(tree, &areas, &why);

        for (size_t i = 0; r > 0 && i < areas.n && ret->n < ELEMENTSOF(ret->areas); i++)
                take_exact(tree, &areas.areas[i], &ret->areas[ret->n++]);
        module_cma_clear(&areas);
        return r; /* why not is told where areas are listed; there are other figures */
}

static uint64_t of_counter(uint64_t figure)
{
        return figure == CMA_NOT_TOLD ? 0 : figure;
}

/* The kernel counts an area's pages, or all areas' requests. */
static uint64_t count(uint64_t pages, uint64_t requests)
{
        return pages != CMA_NOT_TOLD ? pages : of_counter(requests);
}

static void take_sampled(const struct cma_area *area, struct cma_demand_area *ret)
{
        const uint64_t *figures = area->figures;

        *ret = (struct cma_demand_area){
                .size = of_counter(figures[CMA_TOTAL_BYTES]),
                .failed = count(figures[CMA_FAILED_PAGES], figures[CMA_FAILED]),
        };
        (void) snprintf(ret->name, sizeof(ret->name), "%s", area->name);
        ret->requests =
                add_saturated(count(figures[CMA_SUCCEEDED_PAGES], figures[CMA_SUCCEEDED]), ret->failed);
        /* meminfo counts as used what is lent to movable pages, too */
        if (area->sources[CMA_USED_BYTES] != CMA_SOURCE_MEMINFO)
                ret->peak = of_counter(figures[CMA_USED_BYTES]);
}

/* Where the kernel does not tell areas apart. */
static void take_all(const struct cma_totals *all, struct cma_demand_area *ret)
{
        *ret = (struct cma_demand_area){
                .name = BOOT_AREA_ALL,
                .size = of_counter(all->total_bytes),
                .requests = add_saturated(of_counter(all->succeeded), of_counter(all->failed)),
                .failed = of_counter(all->failed),
        };
}

static int sample_counters(struct tree *tree, struct cma_sample *ret)
{
        struct cma_areas areas = { 0 };
        int r = cma_read(tree, false, &areas);

        if (r < 0)
                return r;
        for (size_t i = 0; i < areas.n && ret->n < ELEMENTSOF(ret->areas); i++)
                take_sampled(&areas.areas[i], &ret->areas[ret->n++]);
        if (areas.n == 0 && of_counter(areas.all.total_bytes) > 0)
                take_all(&areas.all, &ret->areas[ret->n++]);
        cma_clear(&areas);
        return 0;
}

int cma_sample_read(struct tree *tree, struct cma_sample *ret, char **message)
{
        int r;

        *ret = (struct cma_sample){ .uptime = read_uptime(tree->root_fd) };
        boot_id_read(tree->root_fd, ret->boot_id);
        if (ret->boot_id[0] == '\0')
                return fail(message, -ENODATA, "/proc/sys/kernel/random/boot_id: no id of a boot in it");
        r = sample_module(tree, ret);
        if (r > 0)
                return 0;
        ret->n = 0;
        return sample_counters(tree, ret);
}
