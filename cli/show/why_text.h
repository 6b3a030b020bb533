/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The answer of why, for people.
 */
#ifndef MEMCTL_CLI_SHOW_WHY_TEXT_H
#define MEMCTL_CLI_SHOW_WHY_TEXT_H

#include "cli/run/context.h"
#include "cli/daemon/value.h"

/*
 * Prints an answer with the keys of docs/json.md; in_use: the pages in use that move, counted when nothing
 * keeps the blocks, else NULL. An exit status.
 */
int why_text(json_object *why, const uint64_t *in_use);

/* Whether among the owners of an answer is one whose pages do not move, or may not. */
bool why_is_kept(json_object *owners);

/* Ascending numbers in short, "32-39,41", to be freed; NULL when memory is short. */
char *numbers_in_short(json_object *numbers);

#endif
