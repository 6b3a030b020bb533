/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What metrics are made from, a function a source. Each asks memctld, adds its families, and returns an exit
 * status: another than EXIT_DONE with nothing added, and it was said why.
 */
#ifndef MEMCTL_CLI_METRICS_SOURCES_H
#define MEMCTL_CLI_METRICS_SOURCES_H

#include "cli/daemon/columns_survey.h"
#include "cli/metrics/family.h"

/* One look at a machine. */
struct metrics {
        struct context *context;
        json_object *families;
        struct wire_blocks blocks; /* of metrics_blocks(), for those behind it; n 0: not read */
};

int metrics_blocks(struct metrics *metrics);
int metrics_dimms(struct metrics *metrics);
int metrics_errors(struct metrics *metrics); /* of DIMMs; before them, for it has memctld read them */
int metrics_pages(struct metrics *metrics);
int metrics_module(struct metrics *metrics);
int metrics_providers(struct metrics *metrics);
int metrics_cma(struct metrics *metrics);
int metrics_reservations(struct metrics *metrics);
int metrics_warm_reserve(struct metrics *metrics);
int metrics_jobs(struct metrics *metrics);
int metrics_compaction(struct metrics *metrics);
int metrics_lru_cache(struct metrics *metrics);

#endif
