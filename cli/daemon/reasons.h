/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job's reasons, with what not everybody gets to see.
 */
#ifndef MEMCTL_CLI_REASONS_H
#define MEMCTL_CLI_REASONS_H

#include "cli/daemon/value.h"

/*
 * Puts all of a job's reasons, with owners and processes as far as the caller may know them, in the place of
 * its property Reasons. Where they cannot be had, the property stays. Nobody is asked for a password for
 * this.
 */
void reasons_complete(struct context *context, json_object *job);

#endif
