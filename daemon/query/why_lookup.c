/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/why_lookup.h"

#include "daemon/core/helper.h"
#include "daemon/module/reservation.h"
#include "daemon/pages/page_owner.h"
#include "daemon/pages/usage.h"

#include <inttypes.h>

/* Pages whose allocation is looked up: each may take a thousand records. */
#define LOOKUPS_MAX 128

static bool is_kernels(enum memctl_class class)
{
        return class == MEMCTL_CLASS_SLAB || class == MEMCTL_CLASS_PAGE_TABLE || class == MEMCTL_CLASS_OTHER;
}

/* What of the kernel's pages is reserved. */
static void find_reservations(struct tree *tree, const struct why_report *report, struct packet *answer)
{
        _cleanup_(reservation_list_clear) struct reservation_list list = { 0 };
        _cleanup_free_ char *message = NULL;

        (void) reservation_list_read(tree, &list, &message);
        for (size_t i = 0; list.n > 0 && i < report->n_keepers; i++) {
                const struct survey_keeper *pages = report->keepers[i].pages;
                char text[sizeof("memctl: reservation ") + RESERVATION_NAME_SIZE];

                for (size_t j = 0; j < list.n; j++) {
                        const struct reservation *made = &list.items[j];

                        if (pages->class != MEMCTL_CLASS_OTHER || pages->pfn < made->start_pfn ||
                            pages->pfn >= made->start_pfn + made->pages)
                                continue;
                        if (made->name[0])
                                (void) snprintf(text, sizeof(text), "memctl: reservation %s", made->name);
                        else
                                (void) snprintf(text, sizeof(text), "memctl: reservation %" PRIu64,
                                                made->id);
                        packet_put_u64(answer, i);
                        packet_put_string(answer, text);
                        break;
                }
        }
}

/* What was told counts, should page_owner not go on. */
static void find_allocations(struct tree *tree, const struct why_report *report, struct packet *answer)
{
        _cleanup_(page_owner_closep) struct page_owner *page_owner = NULL;
        size_t n_lookups = 0;

        (void) page_owner_open(tree, &page_owner);
        for (size_t i = 0; page_owner && i < report->n_keepers && n_lookups < LOOKUPS_MAX; i++) {
                const struct survey_keeper *pages = report->keepers[i].pages;
                _cleanup_free_ char *allocated_by = NULL;

                if (!is_kernels(pages->class))
                        continue;
                helper_gets_on(++n_lookups);
                if (page_owner_find(page_owner, pages->pfn, &allocated_by) < 0)
                        break;
                if (!allocated_by)
                        continue;
                packet_put_u64(answer, i);
                packet_put_string(answer, allocated_by);
                if (helper_tell(answer) < 0)
                        break;
        }
}

/* Allocations and reservations are told by the keeper's index. */
void why_look_up(struct tree *tree, const struct why_report *report, struct packet *answer)
{
        struct allocation_list allocations = { 0 };
        bool swap_on, has_allocations;

        swap_on = swap_is_on(tree);
        has_allocations = !report->only_counted && allocinfo_read(tree, &allocations) >= 0;
        packet_put(answer, &swap_on, sizeof(swap_on));
        packet_put(answer, &has_allocations, sizeof(has_allocations));
        packet_put(answer, &allocations, sizeof(allocations));
        if (!report->only_counted) {
                find_reservations(tree, report, answer);
                find_allocations(tree, report, answer);
        }
}

void why_take_lookup(struct why_report *report, struct packet_reader *reader, bool *swap_on)
{
        *swap_on = false;
        if (!reader)
                return;
        packet_get(reader, swap_on, sizeof(*swap_on));
        packet_get(reader, &report->has_allocations, sizeof(report->has_allocations));
        packet_get(reader, &report->allocations, sizeof(report->allocations));
        while (reader->error >= 0 && reader->size > 0) {
                uint64_t i = packet_get_u64(reader);
                char *allocated_by = packet_get_string(reader);

                if (i < report->n_keepers && !report->keepers[i].allocated_by)
                        report->keepers[i].allocated_by = allocated_by;
                else
                        free(allocated_by);
        }
}
