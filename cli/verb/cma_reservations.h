/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What cma list says of reservations.
 */
#ifndef MEMCTL_CLI_VERB_CMA_RESERVATIONS_H
#define MEMCTL_CLI_VERB_CMA_RESERVATIONS_H

#include "cli/daemon/value.h"

/* All of them as JSON; NULL (null): the caller is not told. The caller's. */
json_object *cma_reservations(struct context *context);

/* How many there are, as a line on stdout; nothing where there are none, or rows is NULL. */
void cma_reservations_tell(json_object *rows);

#endif
