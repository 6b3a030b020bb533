/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Families of metrics in Prometheus' text format, version 0.0.4. No I/O beside the stream.
 */
#ifndef MEMCTL_CLI_METRICS_EXPOSITION_H
#define MEMCTL_CLI_METRICS_EXPOSITION_H

#include "cli/metrics/family.h"

#include <stdio.h>

/* Writes all families (family.h). Texts of labels may be anything; errors of writing stay with the stream.
 */
void exposition_put(FILE *file, json_object *families);

#endif
