/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks that events have named and nobody has read again yet: each once, however many events there
 * were, in the order of the first. Adding one and taking one costs the same however many there are.
 */
#ifndef MEMCTL_MACHINE_DIRTY_H
#define MEMCTL_MACHINE_DIRTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The highest number kept is one less. */
#define DIRTY_NUMBERS_MAX (UINT32_C(1) << 26)

/* Zeroed to begin with. */
struct dirty {
        uint32_t *numbers; /* a ring */
        size_t first, n, size;
        uint64_t *waiting, *gone; /* bits by number */
        size_t n_words;
};

void dirty_clear(struct dirty *dirty);

/* gone: the last event says so. 0, -ENOMEM, or -ERANGE. */
int dirty_add(struct dirty *dirty, uint32_t number, bool gone);

/* False: there is none. */
bool dirty_take(struct dirty *dirty, uint32_t *ret_number, bool *ret_gone);

#endif
