/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All verbs.
 */
#ifndef MEMCTL_CLI_VERBS_H
#define MEMCTL_CLI_VERBS_H

#include "cli/ask/verb.h"

extern const struct verbs all_verbs;

#endif
