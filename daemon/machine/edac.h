/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory errors as EDAC counts them since its driver was loaded, by the labels that it has.
 */
#ifndef MEMCTL_MACHINE_EDAC_H
#define MEMCTL_MACHINE_EDAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What EDAC has under one label of one memory controller. */
struct edac_counts {
        char *label;
        uint32_t controller;           /* N of mcN */
        int64_t corrected, uncorrected; /* -1: nobody counts */
        bool placed; /* edac_find() has found it for somebody */
};

struct edac {
        struct edac_counts *counts; /* ascending by controller, then label */
        size_t n_counts;
};

/*
 * All that is below dirfd (the tree's root): DIMMs (mcN/dimmM) and ranks (mcN/rankM); in a memory controller
 * that has neither, channels of rows (mcN/csrowM/chC_*), as old kernels show it. What has the same label in
 * one controller is summed up. 0 or -ENOMEM.
 */
int edac_read(int dirfd, struct edac *ret);
void edac_clear(struct edac *edac);

/*
 * Sums the counts of a label. A label is the one given, or, where there is no such, has it as a word of its
 * own
 * ("CPU0 DIMM_A1"): but then all that have it must be the same, for "DIMM_A1" may be in two sockets. -1 in
 * both where nobody counts for the label, or that is not certain. The counts are placed then.
 */
void edac_find(struct edac *edac, const char *label, int64_t *ret_corrected, int64_t *ret_uncorrected);

#endif
