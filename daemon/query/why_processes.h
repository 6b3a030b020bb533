/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pages of a report a mapper looks for, and whose processes it has found.
 */
#ifndef MEMCTL_QUERY_WHY_PROCESSES_H
#define MEMCTL_QUERY_WHY_PROCESSES_H

#include "daemon/query/why_report.h"

/*
 * What processes may map, of a report with keepers: their pages, and any locked page of a block that has
 * such. There is room for MAPPER_TARGETS_MAX targets; returns how many there are.
 */
size_t why_list_targets(const struct why_report *report, struct mapper_target *targets);

/* The mapper's processes, of those targets; complete: it has looked into all. 0 or -ENOMEM. */
int why_take_processes(struct why_report *report, const struct mapper *mapper, bool complete);

/* Afterwards: the owner's processes are those of its keepers. */
void why_join_processes(struct why_report *report);

#endif
