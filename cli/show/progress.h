/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job's progress as one line that is drawn again and again: on a terminal, and nowhere else.
 */
#ifndef MEMCTL_CLI_SHOW_PROGRESS_H
#define MEMCTL_CLI_SHOW_PROGRESS_H

#include "cli/daemon/value.h"

/* Draws the state of a job (its properties), that long after it began, on stderr; nothing when that is no
 * terminal. */
void progress_draw(json_object *job, uint64_t elapsed_usec);

/* Takes the line away. */
void progress_clear(void);

/* The line, of at most that many columns: what does not fit is left out, first the bar, then from the end.
 * To be freed; NULL: no memory.
 */
char *progress_text(json_object *job, uint64_t elapsed_usec, size_t columns);

#endif
