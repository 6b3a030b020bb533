/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/force.h"

#include "basic/message.h"
#include "daemon/policy/say.h"

#include <stdlib.h>
#include <string.h>

void policy_force_init(struct policy_force *force)
{
        *force = (struct policy_force){ .has_config = false };
        compaction_config_init(&force->state.config);
}

void policy_force_clear(struct policy_force *force)
{
        free(force->fault);
        free(force->vm_fault);
        *force = (struct policy_force){ .has_config = false };
}

/* Something else is asked for now: what was tried in vain before is no measure. */
static void take_config(struct policy_force *force, const struct compaction_config *config)
{
        force->state.config = *config;
        force->state.n_nodes = 0;
        force->has_config = true;
}

void policy_force_take(struct policy_force *force, const struct policy_read *read)
{
        if (read->config_error >= 0) {
                if (!force->has_config || !compaction_config_same(&force->state.config, &read->config))
                        policy_say_config(&read->config);
                take_config(force, &read->config);
                message_set(&force->fault, NULL);
        } else {
                force->has_config = true; /* at first what policy_force_init() has made */
                message_set(&force->fault,
                            read->config_message ? read->config_message : strerror(-read->config_error));
                policy_say("%s; what was in force before stays so", force->fault);
        }
        message_set(&force->vm_fault, read->vm_message);
        if (force->vm_fault)
                policy_say("not set: %s", force->vm_fault);
}
