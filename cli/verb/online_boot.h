/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy online boot --apply | --revert.
 */
#ifndef MEMCTL_CLI_VERB_ONLINE_BOOT_H
#define MEMCTL_CLI_VERB_ONLINE_BOOT_H

#include "cli/run/context.h"

/* An exit status. */
int online_boot(struct context *context);

#endif
