/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA in figures: what Manager.ListCmaAreas and ShowCmaArea answer.
 */
#ifndef MEMCTL_CLI_SHOW_CMA_H
#define MEMCTL_CLI_SHOW_CMA_H

#include "cli/daemon/value.h"
#include "cli/run/context.h"

/* The answer, checked: at least the row of all areas together, which is the first. An exit status. */
int cma_get(struct context *context, json_object **ret);

/* The sum of all, as JSON: NULL where the kernel has no CMA; the caller's. */
json_object *cma_to_json(json_object *all);

/* The same as a line on stdout. */
void cma_tell(json_object *all);

/* What an area has, by JSON's keys: figures of a table, or all; null is what nobody tells. The caller's. */
json_object *cma_area_to_json(json_object *area, bool all);

/* A fraction as JSON shows it: four digits. The caller's. */
json_object *cma_fraction(double value);

/* A row for each figure that somebody tells: figure, value (for people), source. The caller's. */
json_object *cma_area_figures(json_object *area);

/* Says which sources are missing, and why. */
void cma_say_notes(json_object *notes);

#endif
