/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The picture of blocks on a terminal.
 */
#ifndef MEMCTL_CLI_SHOW_MAP_TEXT_H
#define MEMCTL_CLI_SHOW_MAP_TEXT_H

#include "cli/show/picture.h"

/* Prints the blocks (wire's, with their pages) in at most 80 columns and some 40 lines. An exit status. */
int map_text(const struct context *context, const struct wire_blocks *wire,
             const struct picture_block *blocks);

#endif
