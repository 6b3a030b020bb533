/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma reserve --from DIR: what the files of a directory ask for, as at boot.
 */
#ifndef MEMCTL_CLI_VERB_CMA_RESERVE_FROM_H
#define MEMCTL_CLI_VERB_CMA_RESERVE_FROM_H

#include "cli/run/context.h"

/* Each file by itself: one that is bad keeps no other. An exit status, EXIT_FAILED where one was bad. */
int cma_reserve_from(struct context *context);

#endif
