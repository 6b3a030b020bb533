/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One CMA area: what Manager.ShowCmaArea answers, for scripts and for people.
 */
#ifndef MEMCTL_CLI_SHOW_CMA_TEXT_H
#define MEMCTL_CLI_SHOW_CMA_TEXT_H

#include "cli/run/context.h"
#include "cli/show/cma_picture.h"

/* map: NULL where there is none. The caller's. */
json_object *cma_detail_to_json(json_object *area, const struct cma_map *map);

/* On stdout. An exit status. */
int cma_detail_print(const struct context *context, json_object *area, const struct cma_map *map);

#endif
