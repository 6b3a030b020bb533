/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where pages of a driver lie, of which /proc tells nothing: memctl.ko counts them, here in pieces of 2 MiB.
 * A page is known by the first pfn of its piece, so that one that moves within it seems to stay.
 */
#ifndef MEMCTL_MATRIX_MACHINE_CENSUS_H
#define MEMCTL_MATRIX_MACHINE_CENSUS_H

#include <stddef.h>
#include <stdint.h>

#define CENSUS_PIECE 512 /* pages */

/*
 * All movable pages of the owner, ascending; to be freed. 0 or -errno; -ENODATA: memctl.ko is not there;
 * -EFBIG: the machine has more memory than is looked through for that.
 */
int census(const char *owner, uint64_t **ret, size_t *ret_n);

#endif
