/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Manager.CmaBoot answers, in sentences and as JSON.
 */
#ifndef MEMCTL_CLI_SHOW_CMA_BOOT_H
#define MEMCTL_CLI_SHOW_CMA_BOOT_H

#include "cli/daemon/value.h"

/* All keys of docs/json.md, null for what is not told; the caller's. */
json_object *cma_boot_to_json(json_object *boot);

/* Lines on stdout. */
void cma_boot_tell(json_object *boot);

/* A reason as a sentence, to be freed; NULL when memory is short. One of an unknown code is its code. */
char *cma_boot_sentence(json_object *reason);

#endif
