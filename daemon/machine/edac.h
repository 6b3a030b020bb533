/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory errors as EDAC counts them since its driver was loaded, for the DIMM with a label.
 */
#ifndef MEMCTL_MACHINE_EDAC_H
#define MEMCTL_MACHINE_EDAC_H

#include <stddef.h>
#include <stdint.h>

/* Errors counted; -1: by nobody. */
struct edac_counts {
        char *label;
        int64_t corrected, uncorrected;
};

/* Those of a machine. */
struct edac {
        struct edac_counts *counts;
        size_t n_counts;
};

/*
 * Reads, below dirfd (the tree's root), all that EDAC has under a label: DIMMs (mcN/dimmM) and
 * ranks (mcN/rankM); in a memory controller that has neither, channels of rows (mcN/csrowM/chC_*), as old
 * kernels show it. Each file is opened once. 0 or -ENOMEM.
 */
int edac_read(int dirfd, struct edac *ret);
void edac_clear(struct edac *edac);

/*
 * Sums the counts under a label. That is the one given, or, where there is no such, has it as a word of its own ("CPU0
 * DIMM_A1"): but then all that have it must be the same, for "DIMM_A1" may be in two sockets. -1 in both
 * where nobody counts for the label, or that is not certain.
 */
void edac_find(const struct edac *edac, const char *label, int64_t *ret_corrected, int64_t *ret_uncorrected);

#endif
