/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/reason.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *reason_code_name(enum reason_code code)
{
        static const char *const names[_REASON_MAX] = {
                [REASON_NOT_ENOUGH_MEMORY] = "not_enough_memory",
                [REASON_UNMOVABLE] = "unmovable",
                [REASON_NOT_REMOVABLE] = "not_removable",
                [REASON_MIXED_ZONES] = "mixed_zones",
                [REASON_BAD_STATE] = "bad_state",
                [REASON_ZONE_NOT_POSSIBLE] = "zone_not_possible",
                [REASON_BLOCK_FAILED] = "block_failed",
                [REASON_BLOCK_CHANGED] = "block_changed",
                [REASON_NOT_EJECTABLE] = "not_ejectable",
                [REASON_EJECT_FAILED] = "eject_failed",
                [REASON_BLOCKS_ONLINE] = "blocks_online",
                [REASON_ROLL_BACK_FAILED] = "roll_back_failed",
                [REASON_DRIVER_OWNED] = "driver_owned",
                [REASON_NO_ROOM_FOR_HUGE_PAGES] = "no_room_for_huge_pages",
                [REASON_INTERRUPTED] = "interrupted",
                [REASON_NODE_NOT_POSSIBLE] = "node_not_possible",
                [REASON_HOLE] = "hole",
                [REASON_RESERVED] = "reserved",
                [REASON_COMPACTION_FAILED] = "compaction_failed",
                [REASON_HUGE_PAGES_FAILED] = "huge_pages_failed",
                [REASON_MORE] = "more_reasons",
        };

        return names[code];
}

int reason_list_add(struct reason_list *list, const struct reason *reason)
{
        struct reason *items;
        char *text = NULL;

        if (reason->text) {
                text = strdup(reason->text);
                if (!text)
                        return -ENOMEM;
        }
        items = reallocarray(list->items, list->n_items + 1, sizeof(*items));
        if (!items) {
                free(text);
                return -ENOMEM;
        }

        list->items = items;
        list->items[list->n_items] = *reason;
        list->items[list->n_items++].text = text;
        return 0;
}

static bool same_text(const char *a, const char *b)
{
        return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_but_block(const struct reason *a, const struct reason *b)
{
        return a->code == b->code && a->pages == b->pages && a->bytes == b->bytes &&
               a->searched == b->searched && a->n_processes == 0 && b->n_processes == 0 &&
               same_text(a->text, b->text);
}

static uint32_t last_of(const struct reason *reason)
{
        return reason->last_block > reason->block ? reason->last_block : reason->block;
}

int reason_list_add_about_block(struct reason_list *list, const struct reason *reason)
{
        const struct reason more = { .code = REASON_MORE, .block = REASON_NO_BLOCK, .count = 1 };
        size_t n = 0;

        for (size_t i = 0; i < list->n_items; i++) {
                struct reason *other = &list->items[i];

                if (other->block == REASON_NO_BLOCK)
                        continue;
                n++;
                if (last_of(other) + UINT64_C(1) == reason->block && same_but_block(other, reason)) {
                        other->last_block = reason->block;
                        return 0;
                }
        }
        if (n < REASON_BLOCKS_MAX)
                return reason_list_add(list, reason);
        for (size_t i = 0; i < list->n_items; i++)
                if (list->items[i].code == REASON_MORE) {
                        list->items[i].count++;
                        return 0;
                }
        return reason_list_add(list, &more);
}

int reason_list_add_block(struct reason_list *list, enum reason_code code, uint32_t block, const char *text)
{
        const struct reason reason = { .code = code, .block = block, .text = (char *) text };

        return reason_list_add_about_block(list, &reason);
}

void reason_list_clear(struct reason_list *list)
{
        for (size_t i = 0; i < list->n_items; i++)
                free(list->items[i].text);
        free(list->items);
        *list = (struct reason_list){ 0 };
}
