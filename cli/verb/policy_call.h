/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What compact policy and policy online ask memctld: how it is, and KEY=VALUE ... to be set, which stand
 * behind the first argument.
 */
#ifndef MEMCTL_CLI_VERB_POLICY_CALL_H
#define MEMCTL_CLI_VERB_POLICY_CALL_H

#include "cli/run/context.h"

#include <json-c/json.h>
#include <systemd/sd-bus.h>

/* Calls Get...Policy of the manager. Exit status. */
int policy_call_get(struct context *context, const char *method, bool dry, json_object **ret);

/* Whether there are some, and each is one; like: an example. Exit status. */
int policy_values_check(const struct context *context, const char *like);

/* Appends them. 0 or -errno. */
int policy_values_append(const struct context *context, sd_bus_message *call);

#endif
