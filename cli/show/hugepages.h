/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What adding huge pages to a pool has come to.
 */
#ifndef MEMCTL_CLI_SHOW_HUGEPAGES_H
#define MEMCTL_CLI_SHOW_HUGEPAGES_H

#include "cli/daemon/value.h"

#include <stdio.h>

/* Whether a job (its properties) adds huge pages to a pool. */
bool hugepages_is_it(json_object *job);

/* The keys of docs/json.md that jobs of this kind have of their own. */
void hugepages_to_json(json_object *job, json_object *object);

/* Huge pages of it that are in the pool. */
uint64_t hugepages_added(json_object *job);

/* "12 of 20 added, huge pages in the pool: 0 before, 12 now". */
void hugepages_put(FILE *f, json_object *job);

#endif
