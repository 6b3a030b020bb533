/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory errors as EDAC counts them, for the DIMM with a label.
 */
#ifndef MEMCTL_MODEL_EDAC_H
#define MEMCTL_MODEL_EDAC_H

#include <stdint.h>

/*
 * Sums the counts of all EDAC DIMMs and ranks below dirfd (the tree's root) whose dimm_label is the given
 * one or has it as a word of its own ("CPU0 DIMM_A1"). -1 in both where nobody counts for that label.
 */
void edac_read(int dirfd, const char *label, int64_t *ret_corrected, int64_t *ret_uncorrected);

#endif
