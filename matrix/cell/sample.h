/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Some pages of a kind: a small, disposable amount of memory of the process that probes, which is gone with
 * it. Each page begins with words that say which it is.
 */
#ifndef MEMCTL_MATRIX_CELL_SAMPLE_H
#define MEMCTL_MATRIX_CELL_SAMPLE_H

#include "matrix/cell/judge.h"
#include "matrix/machine/pages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_SIZE ((size_t) 2 << 20) /* and so aligned, for huge pages */

struct kind;

struct sample {
        const struct kind *kind;
        unsigned char *memory; /* mapped here; NULL: nobody maps such pages */
        size_t size;           /* bytes */
        size_t page_size;
        size_t n;        /* pages of it */
        size_t distinct; /* patterns: page i has that of i % distinct */
        uint64_t *pfns;  /* where the kind finds them: what they are known by, ascending */
        size_t n_pfns;
        char note[NOTE_MAX]; /* where it cannot be made: why */
};

/* Says why there is no sample, and returns the error. */
int __attribute__((format(printf, 3, 4)))
sample_refuse(struct sample *sample, int error, const char *format, ...);

/* Memory of the size, aligned to it, of which nothing is there yet. 0 or -errno. */
int sample_map(struct sample *sample, int fd, int protection, int flags);

/* Writes the pattern to each page. */
void sample_fill(struct sample *sample);

/* The pattern of page i, into a page of the caller's. */
void sample_pattern(const struct sample *sample, size_t i, unsigned char *page);

/*
 * Looks at all pages but those for which skip[i] is set (skip may be NULL): how many have another content,
 * and how many cannot be read.
 */
void sample_check(const struct sample *sample, const bool *skip, uint32_t *ret_changed,
                  uint32_t *ret_unreadable);

/* What is in the second ascending list and not in the first becomes pfns. 0 or -ENOMEM. */
int sample_take_new(struct sample *sample, const uint64_t *before, size_t n_before, const uint64_t *after,
                    size_t n_after);

/* Whether page i can be read. */
bool sample_readable(const struct sample *sample, size_t i);

#endif
