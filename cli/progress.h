/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job's progress as one line that is drawn again and again: on a terminal, and nowhere else.
 */
#ifndef MEMCTL_CLI_PROGRESS_H
#define MEMCTL_CLI_PROGRESS_H

#include "cli/value.h"

/* Draws the state of a job (its properties) on stderr; nothing when that is no terminal. */
void progress_draw(json_object *job);

/* Takes the line away. */
void progress_clear(void);

#endif
