/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The picture of a CMA area: in a terminal, sized to its width, and as SVG.
 */
#ifndef MEMCTL_CLI_SHOW_CMA_MAP_H
#define MEMCTL_CLI_SHOW_CMA_MAP_H

#include "cli/run/context.h"
#include "cli/show/cma_picture.h"

/* On stdout. 0 or -ENOMEM. */
int cma_map_text(const struct context *context, const struct cma_map *map, json_object *holders);

/* name: of the area, whoever chose it. 0 or -ENOMEM. */
int cma_map_svg(FILE *file, const char *name, const struct cma_map *map, json_object *holders);

#endif
