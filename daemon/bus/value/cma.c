/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/value/cma.h"

#include "basic/cleanup.h"
#include "basic/saturated.h"
#include "daemon/bus/value/strings.h"
#include "daemon/module/cma.h"
#include "daemon/pages/survey.h"

#include <string.h>

int bus_append_cma_totals(sd_bus_message *m, const struct cma_areas *areas)
{
        const struct cma_totals *all = &areas->all;
        const struct {
                const char *name;
                uint64_t figure;
        } figures[] = {
                { "total_bytes", all->total_bytes },
                { "free_bytes", all->free_bytes },
                { "alloc_success", all->succeeded },
                { "alloc_failed", all->failed },
                { "alloc_success_pages", all->succeeded_pages },
                { "alloc_failed_pages", all->failed_pages },
        };
        int r;

        r = sd_bus_message_append(m, "{sv}", "name", "s", "");
        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(figures); i++)
                if (figures[i].figure != CMA_NOT_TOLD)
                        r = sd_bus_message_append(m, "{sv}", figures[i].name, "t", figures[i].figure);
        return r < 0 ? r : bus_append_strings_entry(m, "notes", areas->notes, areas->n_notes);
}

/* Only where a size of pages is known are pfns told. */
static int append_ranges(sd_bus_message *m, const struct cma_area *area)
{
        uint64_t piece = area->figures[CMA_PIECE_BYTES], page = 0;
        int r;

        if (area->n_ranges == 0 || piece == CMA_NOT_TOLD)
                return 0;
        page = piece >> area->order_per_bit;
        r = sd_bus_message_append(m, "{sv}", "start", "t", multiply_saturated(area->ranges[0].start, page));
        if (r >= 0)
                r = bus_open_entry(m, "ranges", "a(tt)");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "(tt)");
        for (size_t i = 0; r >= 0 && i < area->n_ranges; i++) {
                const struct pfn_range *range = &area->ranges[i];
                uint64_t pages = range->end > range->start ? range->end - range->start : 0;

                r = sd_bus_message_append(m, "(tt)", multiply_saturated(range->start, page),
                                          multiply_saturated(pages, page));
        }
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : bus_close_entry(m);
}

/* Figures that follow from others are of the source of these. */
static int append_sources(sd_bus_message *m, const struct cma_area *area)
{
        int r;

        r = bus_open_entry(m, "sources", "a{ss}");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{ss}");
        if (r >= 0 && area->n_ranges > 0)
                r = sd_bus_message_append(m, "{ss}", "start", cma_source_name(area->ranges_source));
        for (enum cma_figure i = 0; r >= 0 && i < _CMA_FIGURES; i++)
                if (area->figures[i] != CMA_NOT_TOLD)
                        r = sd_bus_message_append(m, "{ss}", cma_figure_name(i),
                                                  cma_source_name(area->sources[i]));
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : bus_close_entry(m);
}

static int append_counts(sd_bus_message *m, const struct cma_area *area)
{
        int r;

        r = bus_append_array_entry(m, "by_order", 't', area->by_order, sizeof(area->by_order));
        if (r >= 0)
                r = bus_open_entry(m, "by_cause", "a{st}");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{st}");
        for (enum memctl_cma_cause i = 0; r >= 0 && i <= MEMCTL_CMA_CAUSE_MAX; i++)
                r = sd_bus_message_append(m, "{st}", module_cma_cause_name(i), area->by_cause[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : bus_close_entry(m);
}

int bus_append_cma_area(sd_bus_message *m, const struct cma_area *area)
{
        uint64_t total = area->figures[CMA_TOTAL_BYTES], used = area->figures[CMA_USED_BYTES];
        double fragmentation;
        int r;

        r = sd_bus_message_append(m, "{sv}", "name", "s", area->name);
        for (enum cma_figure i = 0; r >= 0 && i < _CMA_FIGURES; i++)
                if (area->figures[i] != CMA_NOT_TOLD)
                        r = sd_bus_message_append(m, "{sv}", cma_figure_name(i), "t", area->figures[i]);
        if (r >= 0 && total != CMA_NOT_TOLD && used <= total)
                r = sd_bus_message_append(m, "{sv}", "free_bytes", "t", total - used);
        if (r >= 0 && cma_area_fragmentation(area, &fragmentation))
                r = sd_bus_message_append(m, "{sv}", "fragmentation", "d", fragmentation);
        if (r >= 0 && area->node >= 0)
                r = sd_bus_message_append(m, "{sv}", "node", "i", area->node);
        if (r >= 0 && area->zone[0] != '\0')
                r = sd_bus_message_append(m, "{sv}", "zone", "s", area->zone);
        if (r >= 0)
                r = append_ranges(m, area);
        if (r >= 0 && area->watched)
                r = append_counts(m, area);
        return r < 0 ? r : append_sources(m, area);
}

static int append_text(sd_bus_message *m, const char *name, const char *text)
{
        return text[0] == '\0' ? 0 : sd_bus_message_append(m, "{sv}", name, "s", text);
}

static int append_process(sd_bus_message *m, uint32_t pid, const char *command)
{
        int r = pid == 0 ? 0 : sd_bus_message_append(m, "{sv}", "pid", "u", pid);

        return r < 0 ? r : append_text(m, "command", command);
}

/* Error numbers differ between machines, and the caller may be on another one. */
static int append_error(sd_bus_message *m, int error)
{
        const char *name = strerrorname_np(error);
        char number[16];

        if (!name) {
                (void) snprintf(number, sizeof(number), "%d", error);
                name = number;
        }
        return sd_bus_message_append(m, "{sv}", "errno", "s", name);
}

int bus_append_cma_failure(sd_bus_message *m, const struct module_cma_failure *failure, uint64_t page_size,
                           bool full)
{
        const struct {
                const char *name;
                uint64_t value;
        } figures[] = {
                { "serial", failure->serial },
                { "size", multiply_saturated(failure->pages, page_size) },
                { "align", multiply_saturated(failure->align, page_size) },
                { "free_bytes", multiply_saturated(failure->free, page_size) },
                { "largest_free_bytes", multiply_saturated(failure->largest_free, page_size) },
                { "retried", failure->retried },
                { "age_usec", failure->age_nsecs / 1000 },
        };
        int r;

        r = sd_bus_message_append(m, "{sv}", "cause", "s", module_cma_cause_name(failure->cause));
        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(figures); i++)
                r = sd_bus_message_append(m, "{sv}", figures[i].name, "t", figures[i].value);
        if (r >= 0)
                r = append_error(m, failure->error);
        if (r >= 0)
                r = append_text(m, "owner", failure->owner);
        if (r >= 0)
                r = append_text(m, "other_area", failure->other_area);
        if (r >= 0 && failure->has_page)
                r = sd_bus_message_append(m, "{sv}", "page_class", "s", memory_class_name(failure->class));
        if (r >= 0)
                r = append_text(m, "page_owner", failure->page_owner);
        if (r < 0 || !full)
                return r;
        if (failure->has_page)
                r = sd_bus_message_append(m, "{sv}", "page", "t",
                                          multiply_saturated(failure->pfn, page_size));
        return r < 0 ? r : append_process(m, failure->pid, failure->command);
}

/* Rows of a list, and what is told of them. */
struct told {
        const struct cma_detail *detail;
        uint64_t page_size;
        bool full;
};

static int append_failure(sd_bus_message *m, const void *list, size_t index)
{
        const struct told *told = list;

        return bus_append_cma_failure(m, &told->detail->failures.failures[index], told->page_size,
                                      told->full);
}

static int append_holder(sd_bus_message *m, const void *list, size_t index)
{
        const struct told *told = list;
        const struct module_cma_holder *holder = &told->detail->holders.holders[index];
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}", "size", "t",
                                  multiply_saturated(holder->pages, told->page_size), "before", "b",
                                  holder->before);
        if (r >= 0 && holder->align > 0)
                r = sd_bus_message_append(m, "{sv}", "align", "t",
                                          multiply_saturated(holder->align, told->page_size));
        if (r >= 0 && !holder->before)
                r = sd_bus_message_append(m, "{sv}", "age_usec", "t", holder->age_nsecs / 1000);
        if (r >= 0)
                r = append_text(m, "owner", holder->owner);
        if (r < 0 || !told->full)
                return r;
        r = sd_bus_message_append(m, "{sv}", "start", "t",
                                  multiply_saturated(holder->start, told->page_size));
        return r < 0 ? r : append_process(m, holder->pid, holder->command);
}

static int append_buffer(sd_bus_message *m, const void *list, size_t index)
{
        const struct told *told = list;
        const struct dmabuf *item = &told->detail->dmabufs.items[index];
        const struct module_cma_holders *holders = &told->detail->holders;
        char *devices[DMABUF_DEVICES_MAX];
        int r;

        for (size_t i = 0; i < item->n_devices; i++)
                devices[i] = (char *) item->devices[i];
        r = sd_bus_message_append(m, "{sv}{sv}", "inode", "t", item->inode, "size", "t", item->size);
        if (r >= 0 && item->count != UINT64_MAX)
                r = sd_bus_message_append(m, "{sv}", "count", "t", item->count);
        if (r >= 0)
                r = append_text(m, "exporter", item->exporter);
        if (r >= 0)
                r = append_text(m, "name", item->name);
        if (r >= 0 && item->holder < holders->n)
                r = sd_bus_message_append(
                        m, "{sv}", "start", "t",
                        multiply_saturated(holders->holders[item->holder].start, told->page_size));
        if (r >= 0)
                r = bus_append_array_entry(m, "pids", 'u', item->pids, item->n_pids * sizeof(*item->pids));
        return r < 0 ? r : bus_append_strings_entry(m, "devices", devices, item->n_devices);
}

static int append_processes(sd_bus_message *m, const struct dmabuf_list *list)
{
        int r;

        r = bus_open_entry(m, "processes", "a(us)");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "(us)");
        for (size_t i = 0; r >= 0 && i < list->n_processes; i++)
                r = sd_bus_message_append(m, "(us)", list->processes[i].pid, list->processes[i].command);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : bus_close_entry(m);
}

static int append_map(sd_bus_message *m, const struct cma_bitmap *map, uint64_t page_size)
{
        int r;

        if (map->piece_pages == 0)
                return 0;
        r = sd_bus_message_append(m, "{sv}{sv}", "map_piece_bytes", "t",
                                  multiply_saturated(map->piece_pages, page_size), "map_source", "s",
                                  cma_source_name(map->source));
        return r < 0 ? r : bus_append_array_entry(m, "map", 'y', map->bytes, map->n_bytes);
}

/* Lists that could be longer than an answer may be; what is left out is said. */
#define ROWS_MAX 8192U

int bus_append_cma_detail(sd_bus_message *m, const struct cma_detail *detail, uint64_t page_size, bool full)
{
        const struct told told = { .detail = detail, .page_size = page_size, .full = full };
        size_t n_holders = detail->holders.n < ROWS_MAX ? detail->holders.n : ROWS_MAX;
        int r;

        r = bus_append_cma_area(m, &detail->area);
        if (r >= 0)
                r = bus_append_strings_entry(m, "notes", detail->notes, detail->n_notes);
        if (r >= 0 && detail->has_holders)
                r = bus_append_dictionaries_entry(m, "holders", append_holder, &told, n_holders);
        if (r >= 0 && detail->holders.n > n_holders)
                r = sd_bus_message_append(m, "{sv}", "holders_left_out", "t",
                                          (uint64_t) (detail->holders.n - n_holders));
        if (r >= 0 && detail->has_failures)
                r = bus_append_dictionaries_entry(m, "failures", append_failure, &told, detail->failures.n);
        if (r < 0 || !full)
                return r;
        r = append_map(m, &detail->map, page_size);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "dma_bufs", append_buffer, &told, detail->dmabufs.n);
        return r < 0 ? r : append_processes(m, &detail->dmabufs);
}
