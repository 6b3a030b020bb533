/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which allocation of an area is the memory of which dma-buf.
 */
#include "daemon/pages/dmabuf.h"

#include "basic/cleanup.h"

#include <string.h>

/* The name of a heap on the default area since Linux 6.17, whatever the area is called. */
#define DEFAULT_HEAP "default_cma_region"

/* Of one size: pid 0 stands for whoever allocated, of buffers of the area's own heap. */
struct group {
        uint64_t size;
        uint32_t pid;
        const char *area;
        uint64_t page_size;
};

static bool is_open_in(const struct dmabuf *item, uint32_t pid)
{
        for (size_t i = 0; i < item->n_pids; i++)
                if (item->pids[i] == pid)
                        return true;
        return false;
}

static bool buffer_fits(const struct dmabuf *item, const struct group *group)
{
        if (item->holder != DMABUF_NO_HOLDER || item->size != group->size)
                return false;
        return group->pid ? is_open_in(item, group->pid)
                          : strcmp(item->exporter, group->area) == 0 ||
                                    strcmp(item->exporter, DEFAULT_HEAP) == 0;
}

static bool holder_fits(const struct module_cma_holders *holders, const bool *taken, size_t at,
                        const struct group *group)
{
        const struct module_cma_holder *holder = &holders->holders[at];

        return !holder->before && (group->pid == 0 || holder->pid == group->pid) &&
               holder->pages == group->size / group->page_size && group->size % group->page_size == 0 &&
               !taken[at];
}

/* The oldest that fits and is nobody's yet; n: none. */
static size_t next_holder(const struct module_cma_holders *holders, const bool *taken,
                          const struct group *group)
{
        size_t oldest = holders->n;

        for (size_t i = 0; i < holders->n; i++)
                if (holder_fits(holders, taken, i, group) &&
                    (oldest == holders->n ||
                     holders->holders[i].age_nsecs > holders->holders[oldest].age_nsecs))
                        oldest = i;
        return oldest;
}

static void match_group(struct dmabuf_list *list, const struct module_cma_holders *holders, bool *taken,
                        const struct group *group)
{
        size_t n_holders = 0, n_buffers = 0;

        for (size_t i = 0; i < holders->n; i++)
                n_holders += holder_fits(holders, taken, i, group);
        for (size_t i = 0; i < list->n; i++)
                n_buffers += buffer_fits(&list->items[i], group);
        if (n_holders != n_buffers)
                return;
        for (size_t i = 0; i < list->n; i++)
                if (buffer_fits(&list->items[i], group)) {
                        size_t holder = next_holder(holders, taken, group);

                        if (holder == holders->n)
                                return;
                        list->items[i].holder = holder;
                        taken[holder] = true;
                }
}

/* What is looked for grows with the product of both: a phone has hundreds, and more than this is not looked
 * at. */
#define MATCHED_MAX 1024

void dmabuf_match(struct dmabuf_list *list, const struct module_cma_holders *holders, const char *area,
                  uint64_t page_size)
{
        _cleanup_free_ bool *taken = calloc(holders->n + 1, sizeof(*taken));

        if (!taken || page_size == 0 || list->n > MATCHED_MAX || holders->n > MATCHED_MAX)
                return;
        for (size_t i = 0; i < list->n; i++)
                for (size_t j = 0; j < list->items[i].n_pids; j++) {
                        const struct group group = { .size = list->items[i].size,
                                                     .pid = list->items[i].pids[j],
                                                     .area = area,
                                                     .page_size = page_size };

                        if (list->items[i].holder == DMABUF_NO_HOLDER)
                                match_group(list, holders, taken, &group);
                }
        for (size_t i = 0; i < list->n; i++) {
                const struct group group = { .size = list->items[i].size,
                                             .area = area,
                                             .page_size = page_size };

                if (list->items[i].holder == DMABUF_NO_HOLDER)
                        match_group(list, holders, taken, &group);
        }
}
