/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy of compaction as memctld tells it, in sentences and as JSON.
 */
#ifndef MEMCTL_CLI_SHOW_POLICY_H
#define MEMCTL_CLI_SHOW_POLICY_H

#include "cli/daemon/value.h"

/* dry: what would be done if it were enabled. */
void policy_tell(json_object *policy, bool dry);

/* To be put. */
json_object *policy_to_json(json_object *policy, bool dry);

#endif
