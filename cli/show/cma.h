/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA in figures: what Manager.ListCmaAreas answers.
 */
#ifndef MEMCTL_CLI_SHOW_CMA_H
#define MEMCTL_CLI_SHOW_CMA_H

#include "cli/run/context.h"
#include "cli/daemon/value.h"

/* The answer, checked: at least the row of all areas together, which is the first. An exit status. */
int cma_get(struct context *context, json_object **ret);

/* Bytes in use, or NULL where they are not told; the caller's. */
json_object *cma_used(json_object *area);

/* The sum of all, as JSON: NULL where the kernel has no CMA; the caller's. */
json_object *cma_to_json(json_object *all);

/* The same as a line on stdout. */
void cma_tell(json_object *all);

#endif
