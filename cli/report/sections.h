/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sections of a report, a file each. They write what there is, and of what is missing, why. 0 or
 * -ENOMEM; errors of writing stay with the stream.
 */
#ifndef MEMCTL_CLI_REPORT_SECTIONS_H
#define MEMCTL_CLI_REPORT_SECTIONS_H

#include "cli/report/facts.h"

int section_machine(FILE *file, const struct facts *facts);
int section_map(FILE *file, const struct facts *facts);
int section_movability(FILE *file, const struct facts *facts);
int section_cma(FILE *file, const struct facts *facts);
int section_fragmentation(FILE *file, const struct facts *facts);
int section_jobs(FILE *file, const struct facts *facts);
int section_matrix(FILE *file, const struct facts *facts);

#endif
