/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What pictures in a terminal go by.
 */
#ifndef MEMCTL_CLI_SHOW_TERMINAL_H
#define MEMCTL_CLI_SHOW_TERMINAL_H

#include "cli/run/context.h"

/* Columns, 80 at most. */
size_t terminal_width(void);

/* Whether stdout shows colours, and nobody said that there shall be none. */
bool terminal_wants_colour(const struct context *context);

/* The largest power of two up to n, which is not 0: so many cells a row begin it at round addresses. */
size_t power_of_two_up_to(size_t n);

#endif
