/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/dirty.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_FIRST 256U

void dirty_clear(struct dirty *dirty)
{
        free(dirty->numbers);
        free(dirty->waiting);
        free(dirty->gone);
        *dirty = (struct dirty){ 0 };
}

static int grow_bits(uint64_t **bits, size_t from, size_t to)
{
        uint64_t *more = reallocarray(*bits, to, sizeof(*more));

        if (!more)
                return -ENOMEM;
        memset(more + from, 0, (to - from) * sizeof(*more));
        *bits = more;
        return 0;
}

/* To twice as many, so that numbers that ascend do not each cost a copy. */
static int make_room_for_number(struct dirty *dirty, uint32_t number)
{
        size_t words = dirty->n_words ? dirty->n_words : SIZE_FIRST / 64;

        while (words * 64 <= number)
                words *= 2;
        if (words == dirty->n_words)
                return 0;
        if (grow_bits(&dirty->waiting, dirty->n_words, words) < 0 ||
            grow_bits(&dirty->gone, dirty->n_words, words) < 0)
                return -ENOMEM;
        dirty->n_words = words;
        return 0;
}

static int make_room_in_ring(struct dirty *dirty)
{
        size_t size = dirty->size ? dirty->size * 2 : SIZE_FIRST;
        uint32_t *numbers;

        if (dirty->n < dirty->size)
                return 0;
        numbers = calloc(size, sizeof(*numbers));
        if (!numbers)
                return -ENOMEM;
        /* it is full: from the first to the ring's end, and from its beginning */
        if (dirty->n > 0) {
                memcpy(numbers, dirty->numbers + dirty->first,
                       (dirty->size - dirty->first) * sizeof(*numbers));
                memcpy(numbers + dirty->size - dirty->first, dirty->numbers,
                       dirty->first * sizeof(*numbers));
        }
        free(dirty->numbers);
        dirty->numbers = numbers;
        dirty->size = size;
        dirty->first = 0;
        return 0;
}

int dirty_add(struct dirty *dirty, uint32_t number, bool gone)
{
        uint64_t bit = UINT64_C(1) << (number % 64);
        int r;

        if (number >= DIRTY_NUMBERS_MAX)
                return -ERANGE;
        r = make_room_for_number(dirty, number);
        if (r >= 0)
                r = make_room_in_ring(dirty);
        if (r < 0)
                return r;
        if (gone)
                dirty->gone[number / 64] |= bit;
        else
                dirty->gone[number / 64] &= ~bit;
        if (dirty->waiting[number / 64] & bit)
                return 0;
        dirty->waiting[number / 64] |= bit;
        dirty->numbers[(dirty->first + dirty->n++) % dirty->size] = number;
        return 0;
}

bool dirty_take(struct dirty *dirty, uint32_t *ret_number, bool *ret_gone)
{
        uint32_t number;
        uint64_t bit;

        if (dirty->n == 0)
                return false;
        number = dirty->numbers[dirty->first];
        bit = UINT64_C(1) << (number % 64);
        dirty->first = (dirty->first + 1) % dirty->size;
        dirty->n--;
        dirty->waiting[number / 64] &= ~bit;
        *ret_number = number;
        *ret_gone = dirty->gone[number / 64] & bit;
        return true;
}
