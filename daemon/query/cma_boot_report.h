/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All that is known of the boot setting of contiguous memory.
 */
#ifndef MEMCTL_QUERY_CMA_BOOT_REPORT_H
#define MEMCTL_QUERY_CMA_BOOT_REPORT_H

#include "daemon/boot/change.h"
#include "daemon/boot/kernel.h"
#include "daemon/plan/boot_size.h"

#define CMA_BOOT_PROBLEM_MAX (BOOT_PARAMETERS_MAX + 512)

/* It goes from process to process as it is. */
struct cma_boot_report {
        struct boot_size size;
        struct boot_machine machine;
        struct cma_demand demand;
        char record_problem[BOOT_TEXT_MAX]; /* "": it is good, or there is none */
        bool recorded_aside;                /* of CMA_BOOT_RECORD: what was there is put aside */

        bool applied;
        char applied_parameters[BOOT_PARAMETERS_MAX], applied_loader[32];
        uint64_t applied_time, applied_bytes;
        char applied_problem[CMA_BOOT_PROBLEM_MAX]; /* why it cannot be taken back, or is only half there */

        char loader[32]; /* "": none, and problem says why */
        char loader_problem[CMA_BOOT_PROBLEM_MAX];
        char files[BOOT_CHANGE_FILES_MAX]
                  [BOOT_PATH_MAX]; /* that are to be written, without a slash in front */
        size_t n_files;
        bool changed; /* of CMA_BOOT_APPLY: it was not as it should be before */

        enum boot_outcome outcome;
        struct boot_reasons why;
        struct boot_lines lines;
        struct boot_seen seen;
};

#endif
