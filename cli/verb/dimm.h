/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DIMMs by name, for verbs that take one.
 */
#ifndef MEMCTL_CLI_VERB_DIMM_H
#define MEMCTL_CLI_VERB_DIMM_H

#include "cli/run/context.h"

/* The object of a DIMM: the daemon says whether there is one of that name. An exit status; *ret is the
 * caller's. */
int dimm_path(struct context *context, const char *name, char **ret);

#endif
