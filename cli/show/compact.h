/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What compacting has come to.
 */
#ifndef MEMCTL_CLI_SHOW_COMPACT_H
#define MEMCTL_CLI_SHOW_COMPACT_H

#include "cli/daemon/value.h"

#include <stdio.h>

/* Whether a job (its properties) compacts, rather than changes blocks. */
bool compact_is_it(json_object *job);

/* The keys of docs/json.md that jobs of this kind have of their own. */
void compact_to_json(json_object *job, json_object *object);

/* A figure of a job by its name, which is the caller's; NULL: it has not come to that. And its processor
 * time, as seconds. */
json_object *figure_of(json_object *job, const char *name);
json_object *figure_cpu_seconds(json_object *job);

/* All figures of a job by their names; NULL: it has none. */
json_object *compact_figures(json_object *job);

/* "free pieces of order 9: 61 before, 157 now". */
void compact_put(FILE *f, json_object *job);

#endif
