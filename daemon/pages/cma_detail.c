/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma_detail.h"

#include "basic/cleanup.h"
#include "daemon/module/cma.h"
#include "daemon/pages/cma_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* How long all processes are looked into. */
#define USERS_USEC (5 * UINT64_C(1000000))

void cma_detail_note(struct cma_detail *detail, char *text)
{
        if (text && detail->n_notes < CMA_NOTES_MAX)
                detail->notes[detail->n_notes++] = text;
        else
                free(text);
}

static void note(struct cma_detail *detail, const char *what, const char *why)
{
        char *text = NULL;

        if (asprintf(&text, "%s%s%s", what, why ? ": " : "", why ? why : "") >= 0)
                cma_detail_note(detail, text);
}

/* Words of 64 pieces for each range, by whoever told the ranges. 1; 0: nobody has a map; -ENOMEM. */
static int read_words(const struct tree *tree, struct cma_detail *detail, const struct module_cma_area *told,
                      uint64_t *words[static MODULE_CMA_RANGES_MAX])
{
        _cleanup_free_ char *message = NULL;
        struct module_cma_map map;
        int r;

        if (detail->area.ranges_source != CMA_SOURCE_MODULE) {
                r = cma_debugfs_words(tree, &detail->area, words);
                return r == -ENOMEM ? r : r >= 0;
        }
        r = module_cma_read_map(tree, told, &map, &message);
        if (r < 0 && r != -ENOMEM)
                note(detail, "memctl.ko gives no map of the area", message);
        if (r <= 0)
                return r == -ENOMEM ? r : 0;
        memcpy(words, map.words, sizeof(map.words));
        return 1;
}

static int read_map(const struct tree *tree, struct cma_detail *detail, const struct module_cma_area *told)
{
        uint64_t *words[MODULE_CMA_RANGES_MAX] = { 0 };
        int r = read_words(tree, detail, told, words);

        if (r > 0) {
                cma_area_tell(&detail->area, CMA_FREE_RUNS, cma_bitmap_free_runs(&detail->area, words),
                              detail->area.ranges_source);
                r = cma_bitmap_make(&detail->area, words, detail->area.ranges_source, CMA_BITMAP_BYTES_MAX,
                                    &detail->map);
        }
        for (size_t i = 0; i < MODULE_CMA_RANGES_MAX; i++)
                free(words[i]);
        return r;
}

static bool is_inside(const struct cma_area *area, const struct module_cma_holder *holder)
{
        for (size_t i = 0; i < area->n_ranges; i++)
                if (holder->start >= area->ranges[i].start &&
                    holder->start + holder->pages <= area->ranges[i].end)
                        return true;
        return false;
}

/* What the module says of other memory is not said of this area. */
static void keep_own(struct cma_detail *detail)
{
        size_t n = 0;

        for (size_t i = 0; i < detail->holders.n; i++)
                if (is_inside(&detail->area, &detail->holders.holders[i]))
                        detail->holders.holders[n++] = detail->holders.holders[i];
        detail->holders.n = n;
        n = 0;
        for (size_t i = 0; i < detail->failures.n; i++)
                if (strcmp(detail->failures.failures[i].name, detail->area.name) == 0)
                        detail->failures.failures[n++] = detail->failures.failures[i];
        detail->failures.n = n;
}

static int read_module(const struct tree *tree, struct cma_detail *detail)
{
        _cleanup_free_ char *message = NULL, *why = NULL;
        int r;

        r = module_cma_read_holders(tree, detail->area.name, &detail->holders, &message);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                note(detail, "who holds what cannot be told", message);
        detail->has_holders = r > 0;
        r = module_cma_read_failures(tree, &detail->failures, &why);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                note(detail, "why allocations failed cannot be told", why);
        detail->has_failures = r > 0;
        keep_own(detail);
        return 0;
}

/* The area as the module told it, for its map: the ranges are the same. */
static void to_module(const struct cma_area *area, uint64_t page_size, struct module_cma_area *ret)
{
        *ret = (struct module_cma_area){ .n_ranges = area->n_ranges,
                                         .order_per_bit = area->order_per_bit,
                                         .pages = area->figures[CMA_TOTAL_BYTES] / page_size };
        memcpy(ret->name, area->name, sizeof(ret->name));
        memcpy(ret->ranges, area->ranges, sizeof(ret->ranges));
}

static int read_area(const struct tree *tree, struct cma_detail *detail)
{
        struct module_cma_area told = { 0 };
        int r = 0;

        if (detail->area.watched) {
                to_module(&detail->area, tree->page_size, &told);
                r = read_module(tree, detail);
        }
        if (r >= 0)
                r = read_map(tree, detail, &told);
        if (r >= 0)
                r = dmabuf_read_users(tree, USERS_USEC, &detail->dmabufs);
        if (r < 0)
                return r;
        dmabuf_match(&detail->dmabufs, &detail->holders, detail->area.name, tree->page_size);
        if (!detail->dmabufs.complete)
                note(detail, "not all processes could be looked into: there may be more users of dma-bufs",
                     NULL);
        return 0;
}

int cma_detail_read(const struct tree *tree, const char *name, struct cma_detail *ret, char **message)
{
        _cleanup_(cma_clear) struct cma_areas areas = { 0 };
        struct cma_detail detail = { 0 };
        const struct cma_area *area;
        int r;

        r = cma_read(tree, true, &areas);
        if (r < 0)
                return r;
        area = cma_find(&areas, name);
        if (!area)
                return cma_no_such_area(&areas, name, message);
        detail.area = *area;
        memcpy(detail.notes, areas.notes, sizeof(areas.notes));
        detail.n_notes = areas.n_notes;
        areas.n_notes = 0;
        r = read_area(tree, &detail);
        if (r < 0) {
                cma_detail_clear(&detail);
                return r;
        }
        *ret = detail;
        return 0;
}

int cma_detail_read_devices(const struct tree *tree, struct cma_detail *detail)
{
        int r = dmabuf_read_info(tree, &detail->dmabufs);

        if (r == 0 && detail->dmabufs.n > 0)
                note(detail,
                     "/sys/kernel/debug/dma_buf/bufinfo cannot be read: which devices are attached to "
                     "dma-bufs, and those that only the kernel holds, cannot be told",
                     NULL);
        return r < 0 ? r : 0;
}

void cma_detail_clear(struct cma_detail *detail)
{
        cma_bitmap_clear(&detail->map);
        module_cma_clear_holders(&detail->holders);
        dmabuf_clear(&detail->dmabufs);
        for (size_t i = 0; i < detail->n_notes; i++)
                free(detail->notes[i]);
        *detail = (struct cma_detail){ 0 };
}

void cma_detail_put(struct packet *packet, const struct cma_detail *detail)
{
        packet_put(packet, &detail->area, sizeof(detail->area));
        cma_bitmap_put(packet, &detail->map);
        packet_put_u64(packet, detail->has_holders);
        packet_put_array(packet, detail->holders.holders, detail->holders.n,
                         sizeof(*detail->holders.holders));
        packet_put_u64(packet, detail->has_failures);
        packet_put(packet, &detail->failures, sizeof(detail->failures));
        dmabuf_put(packet, &detail->dmabufs);
        packet_put_u64(packet, detail->n_notes);
        for (size_t i = 0; i < detail->n_notes; i++)
                packet_put_string(packet, detail->notes[i]);
}

void cma_detail_get(struct packet_reader *reader, struct cma_detail *ret)
{
        uint64_t n_notes;

        packet_get(reader, &ret->area, sizeof(ret->area));
        cma_bitmap_get(reader, &ret->map);
        ret->has_holders = packet_get_u64(reader);
        ret->holders.holders = packet_get_array(reader, sizeof(*ret->holders.holders), &ret->holders.n);
        ret->holders.size = ret->holders.n;
        ret->has_failures = packet_get_u64(reader);
        packet_get(reader, &ret->failures, sizeof(ret->failures));
        dmabuf_get(reader, &ret->dmabufs);
        n_notes = packet_get_u64(reader);
        for (uint64_t i = 0; i < n_notes && i < CMA_NOTES_MAX; i++)
                cma_detail_note(ret, packet_get_string(reader));
}
