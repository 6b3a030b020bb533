/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which sizes of transparent huge pages there are to be.
 */
#ifndef MEMCTL_MATRIX_KIND_SIZES_H
#define MEMCTL_MATRIX_KIND_SIZES_H

#include "matrix/cell/sample.h"

/*
 * From now on madvise() brings folios of that order and of no other: "enabled" for anonymous memory,
 * "shmem_enabled". As prepare() of a kind.
 */
int sizes_only(struct sample *sample, const char *what, unsigned int order);

/* Whether all of the sample is in folios of its kind's order. As make() of a kind. */
int sizes_check(struct sample *sample);

#endif
