/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The picture of blocks as an SVG file that needs nothing else.
 */
#ifndef MEMCTL_CLI_SHOW_MAP_SVG_H
#define MEMCTL_CLI_SHOW_MAP_SVG_H

#include "cli/show/picture.h"

#include <stdio.h>

/*
 * Writes the picture; labels are the DIMMs' properties as Dimm has them, whose text may be anything. Errors
 * of writing stay with the stream. 0 or -ENOMEM.
 */
int map_svg(FILE *file, const struct wire_blocks *wire, const struct picture_block *blocks,
            json_object *labels);

/*
 * Writes a <title> for the cell, which a pointer over it is told: blocks, addresses, pages, DIMM; labels as
 * of map_svg().
 */
void map_svg_title(FILE *file, const struct wire_blocks *wire, const struct cell *cell, json_object *labels);

/* Writes UTF-8 text as the content of an XML element or attribute; what XML cannot hold becomes '?'. */
void svg_text(FILE *file, const char *text);

#endif
