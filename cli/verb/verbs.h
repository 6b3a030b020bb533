/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl can be asked: one function a verb, each returns the exit status.
 */
#ifndef MEMCTL_CLI_VERB_VERBS_H
#define MEMCTL_CLI_VERB_VERBS_H

#include "cli/ask/column.h"
#include "cli/run/context.h"

/* status.c */
int verb_status(struct context *context);
int verb_version(struct context *context);

/* monitor.c */
int verb_monitor(struct context *context);

/* block_list.c, block.c */
int verb_block_list(struct context *context);
int verb_block_show(struct context *context);
int verb_block_offline(struct context *context);
int verb_block_online(struct context *context);
extern const struct columns block_columns;

/* dimm.c */
int verb_dimm_list(struct context *context);
int verb_dimm_show(struct context *context);
int verb_dimm_plan(struct context *context);
int verb_dimm_offline(struct context *context);
int verb_dimm_online(struct context *context);
int verb_dimm_eject(struct context *context);
extern const struct columns dimm_columns;

/* node.c */
int verb_node_list(struct context *context);
int verb_node_show(struct context *context);
int verb_node_plan(struct context *context);
int verb_node_offline(struct context *context);
int verb_node_online(struct context *context);
extern const struct columns node_columns;

/* job.c */
int verb_job_list(struct context *context);
int verb_job_show(struct context *context);
int verb_job_cancel(struct context *context);
int verb_job_wait(struct context *context);
extern const struct columns job_columns;

/* provider.c */
int verb_provider_list(struct context *context);
int verb_provider_show(struct context *context);
extern const struct columns provider_columns;

/* lru_cache.c */
int verb_lru_cache_status(struct context *context);
int verb_lru_cache_hold(struct context *context);
extern const struct columns lease_columns;

/* cma.c, cma_show.c */
int verb_cma_list(struct context *context);
int verb_cma_show(struct context *context);
extern const struct columns cma_columns;

/* cma_reserve.c, cma_reservations.c */
int verb_cma_reserve(struct context *context);
int verb_cma_release(struct context *context);
int verb_cma_reservations(struct context *context);
extern const struct columns reservation_columns;

/* cma_warm.c */
int verb_cma_warm(struct context *context);

/* cma_boot.c */
int verb_cma_boot(struct context *context);
int verb_cma_record(struct context *context);

/* compact.c */
int verb_compact_run(struct context *context);

/* compact_policy.c */
int verb_compact_policy(struct context *context);

/* online_policy.c */
int verb_policy_online(struct context *context);

/* hugepages.c */
int verb_hugepages_reserve(struct context *context);

/* matrix.c */
int verb_matrix(struct context *context);
extern const struct columns matrix_columns;

/* metrics.c */
int verb_metrics(struct context *context);

/* report.c */
int verb_report(struct context *context);

/* movability.c, why.c, map.c */
int verb_movability(struct context *context);
extern const struct columns movability_columns;
int verb_why(struct context *context);
int verb_map(struct context *context);

#endif
