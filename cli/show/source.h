/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who counted pages, said to people where the answer is poorer for it.
 */
#ifndef MEMCTL_CLI_SHOW_SOURCE_H
#define MEMCTL_CLI_SHOW_SOURCE_H

#include "cli/run/context.h"
#include "cli/daemon/value.h"

/* One line on stderr for a source that cannot tell all, and one for each of the notes. */
void source_say(const struct context *context, json_object *about);

#endif
