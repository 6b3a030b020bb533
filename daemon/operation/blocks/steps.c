/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/blocks/steps.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <string.h>

void steps_clear(struct steps *steps)
{
        free(steps->items);
        *steps = (struct steps){ 0 };
}

int steps_add(struct steps *steps, const struct step *step)
{
        /* room doubles: a plan has up to 100,000 */
        size_t n = steps->n_items;

        if ((n & (n - 1)) == 0) {
                struct step *items = reallocarray(steps->items, n ? 2 * n : 1, sizeof(*items));

                if (!items)
                        return -ENOMEM;
                steps->items = items;
        }
        steps->items[steps->n_items++] = *step;
        return 0;
}

size_t steps_left(const struct steps *steps)
{
        return steps->n_items - steps->n_given_up - steps->n_done;
}

struct step *steps_next(const struct steps *steps)
{
        return steps_left(steps) > 0 ? &steps->items[steps->n_done] : NULL;
}

/* Becomes the last of those that are not given up. */
static void put_last(struct steps *steps, size_t index)
{
        struct step step = steps->items[index];
        size_t last = steps->n_items - steps->n_given_up - 1;

        memmove(&steps->items[index], &steps->items[index + 1], (last - index) * sizeof(*steps->items));
        steps->items[last] = step;
}

void steps_put_last(struct steps *steps)
{
        put_last(steps, steps->n_done);
}

void steps_give_up(struct steps *steps)
{
        put_last(steps, steps->n_done);
        steps->n_given_up++;
}

void steps_lose(struct steps *steps, size_t index)
{
        put_last(steps, index);
        steps->n_given_up++;
        steps->n_done--;
}

static int compare_numbers(const void *a, const void *b)
{
        const uint32_t *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

int steps_list_left(const struct steps *steps, struct block_set *ret)
{
        size_t n = steps_left(steps);

        ret->numbers = calloc(n ? n : 1, sizeof(*ret->numbers));
        if (!ret->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                ret->numbers[i] = steps->items[steps->n_done + i].block;
        ret->n_numbers = n;
        qsort(ret->numbers, n, sizeof(*ret->numbers), compare_numbers);
        return 0;
}
