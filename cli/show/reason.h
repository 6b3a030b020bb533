/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reasons of a plan or a job: as JSON with the keys scripts rely on, and as sentences.
 */
#ifndef MEMCTL_CLI_SHOW_REASON_H
#define MEMCTL_CLI_SHOW_REASON_H

#include "cli/daemon/value.h"

/* The bus's reasons (may be NULL) as the JSON array, which is the caller's. */
json_object *reasons_to_json(json_object *reasons);

/* One of them as a sentence, begun with what it is about; to be freed, NULL when memory is short. */
char *reason_text(const char *target, json_object *reason);

/* One sentence a reason on stderr, each begun with what it is about. */
void reasons_say(const char *target, json_object *reasons);

/* The same on stdout; pages that do not move, which why shows itself, are left out. */
void reasons_tell(const char *target, json_object *reasons);

#endif
