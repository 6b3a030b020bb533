/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What somebody may have meant who wrote a word that there is not. Pure.
 */
#ifndef MEMCTL_CLI_ASK_NEAREST_H
#define MEMCTL_CLI_ASK_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

struct nearest {
        const char *word; /* what was written */
        const char *best; /* NULL: nothing is near enough */
        size_t distance;
};

/* Compares one more word that there is: near is what takes two changes of a letter, one in a short word. */
void nearest_try(struct nearest *nearest, const char *candidate);

/* Letters to add, leave out, change or swap with the next to get from one to the other; SIZE_MAX: they are
 * too long to be compared. */
size_t nearest_distance(const char *a, const char *b);

#endif
