/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetCompactionPolicy and SetCompactionPolicy. Files and the kernel's figures are read in a helper;
 * what is set there is what the policy goes by from then on.
 */
#include "daemon/bus/object/policy.h"

#include "daemon/bus/answer/policy.h"
#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct asking {
        struct pending *pending; /* the owner */
        struct policy *policy;
        struct policy_reading *reading;
        bool set, as_if;
        int node;                               /* to be set of this one; -1: of all */
        char section[32];                       /* which that is in files */
        struct settings settings;               /* in the call */
        struct policy_answer *answer;
};

static void free_asking(void *userdata)
{
        struct asking *asking = userdata;

        policy_reading_free(asking->reading);
        free(asking->answer);
        free(asking);
}

static int append(sd_bus_message *reply, const void *what)
{
        return policy_append(reply, ((const struct asking *) what)->answer);
}

/* What is in force, or where nothing is by itself: what the files say. */
static void fill(struct asking *asking, const struct policy_read *read)
{
        const struct policy_moment moment = policy_now(asking->policy, asking->as_if);
        struct policy_answer *answer = asking->answer;

        policy_copy_state(asking->policy, &answer->state);
        answer->acts = policy_acts(asking->policy);
        answer->trail = policy_trail(asking->policy);
        answer->fault = policy_fault(asking->policy);
        answer->vm_fault = policy_vm_fault(asking->policy);
        if (!policy_acts(asking->policy)) {
                answer->fault = read->config_message;
                if (read->config_error >= 0)
                        answer->state.config = read->config;
        }
        memcpy(answer->vm, read->look.vm, sizeof(answer->vm));
        policy_judge(&answer->state, &read->look, &moment, &answer->views);
}

/* As in memctl.conf. What is too long to be said is cut; no list of keys that are accepted comes near it. */
static void audit(const struct asking *asking)
{
        char text[1024] = "";

        settings_say(&asking->settings, text, sizeof(text));
        audit_policy(asking->pending->server, asking->pending->call, asking->node, text);
}

static void on_read(void *userdata, int error, const char *message, const struct policy_read *read)
{
        struct asking *asking = userdata;
        _cleanup_(pending_freep) struct pending *pending = asking->pending;
        int r = error;

        if (asking->set && read->config_error < 0) {
                r = read->config_error;
                message = read->config_message;
        } else if (asking->set) {
                audit(asking);
                if (policy_acts(asking->policy))
                        policy_take(asking->policy, read);
        }
        if (r >= 0) {
                policy_saw(asking->policy, &read->look);
                fill(asking, read);
        }
        pending_answer(pending, r, message, append, asking);
}

static int begin(struct server *server, sd_bus_message *m, struct asking *asking, sd_bus_error *error)
{
        const struct policy_wish wish = {
                .files = asking->set || !policy_acts(server->policy),
                .values = asking->settings.items,
                .n_values = asking->settings.n,
                .apply = policy_acts(server->policy),
                .last = policy_last_look(server->policy),
        };
        int r;

        asking->policy = server->policy;
        asking->answer = calloc(1, sizeof(*asking->answer));
        if (!asking->answer)
                return -ENOMEM;
        r = pending_new(server, m, &asking->pending, error);
        if (r < 0)
                return r;
        r = policy_reading_new(server->machine, &wish, on_read, asking, &asking->reading);
        if (r < 0)
                asking->pending = pending_free(asking->pending);
        return r;
}

/* The asking is the call's from here on. */
static int ask(struct server *server, sd_bus_message *m, struct asking *asking, sd_bus_error *error)
{
        int r = begin(server, m, asking, error);

        if (r < 0) {
                free_asking(asking);
                return r;
        }
        return pending_wait(asking->pending, asking, free_asking); /* on_read() frees it */
}

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        struct asking *asking;
        int as_if, r;

        r = sd_bus_message_read(m, "b", &as_if);
        if (r < 0)
                return r;
        asking = calloc(1, sizeof(*asking));
        if (!asking)
                return -ENOMEM;
        asking->as_if = as_if;
        return ask(server, m, asking, error);
}

static int read_values(sd_bus_message *m, struct asking *asking, sd_bus_error *error)
{
        int node, r;

        r = sd_bus_message_read(m, "i", &node);
        if (r < 0)
                return r;
        if (node < -1 || node > INT16_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                         "node %d: accepted is the number of a node, or -1 for all", node);
        asking->node = node;
        (void) snprintf(asking->section, sizeof(asking->section),
                        node < 0 ? POLICY_SECTION_COMPACTION : POLICY_SECTION_COMPACTION " %d", node);
        return settings_read(m, asking->section, &asking->settings, error);
}

static int do_set(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        struct asking *asking;
        int r;

        r = request_check_live(server->machine->tree, error);
        if (r < 0)
                return r;
        asking = calloc(1, sizeof(*asking));
        if (!asking)
                return -ENOMEM;
        asking->set = true;
        r = read_values(m, asking, error);
        if (r < 0) {
                free_asking(asking);
                return r;
        }
        return ask(server, m, asking, error);
}

int bus_get_compaction_policy(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get, error);
}

int bus_set_compaction_policy(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_set, error);
}
