/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Metrics of what only memctl knows. docs/metrics.md lists them.
 */
#ifndef MEMCTL_CLI_METRICS_METRICS_H
#define MEMCTL_CLI_METRICS_METRICS_H

#include "cli/metrics/family.h"
#include "cli/run/context.h"

/*
 * Looks at the machine once, asking nobody for a password. What cannot be read has no samples, is 0 in
 * memctl_source_up, and why is said as a hint. *ret, sorted, is the caller's. An exit status: not EXIT_DONE
 * where memctld is not there, or leaves meanwhile.
 */
int metrics_gather(struct context *context, json_object **ret);

#endif
