/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/totals.h"

#include <errno.h>
#include <stdlib.h>

int memory_totals_add(struct memory_totals *totals, const struct memory_total *total)
{
        struct memory_total *items;

        items = reallocarray(totals->items, totals->n_items + 1, sizeof(*items));
        if (!items)
                return -ENOMEM;
        totals->items = items;
        items[totals->n_items++] = *total;
        return 0;
}

void memory_totals_clear(struct memory_totals *totals)
{
        free(totals->items);
        *totals = (struct memory_totals){ 0 };
}
