/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of new memory, as memctld tells it, in sentences and as JSON.
 */
#ifndef MEMCTL_CLI_SHOW_ONLINE_POLICY_H
#define MEMCTL_CLI_SHOW_ONLINE_POLICY_H

#include "cli/daemon/value.h"

/* dry: what would be done with memory that is there. */
void online_policy_tell(json_object *policy, bool dry);

/* To be put. */
json_object *online_policy_to_json(json_object *policy, bool dry);

#endif
