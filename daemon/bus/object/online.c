/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetOnlinePolicy and SetOnlinePolicy. Files, the kernel's settings and who else decides are read in
 * a helper; what is set there is what memctld goes by from then on.
 */
#include "daemon/bus/object/online.h"

#include "daemon/bus/answer/online.h"
#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/settings.h"
#include "daemon/onlining/machine.h"

#include <errno.h>
#include <stdio.h>

struct asking {
        struct pending *pending; /* the owner */
        struct server *server;
        struct onlining_reading *reading;
        bool set, dry;
        char section[sizeof(POLICY_SECTION_ONLINE) + ONLINE_NAME_MAX];
        struct settings settings;    /* in the call */
        struct online_answer answer; /* while it is given */
};

static void free_asking(void *userdata)
{
        struct asking *asking = userdata;

        onlining_reading_free(asking->reading);
        free(asking);
}

static int append(sd_bus_message *reply, const void *what)
{
        return online_append(reply, &((const struct asking *) what)->answer);
}

/* What is in force, or where nothing is by itself: what the files say. */
static int answer(struct asking *asking, const struct onlining_read *read, struct previews *previews)
{
        struct server *server = asking->server;
        struct online_answer *answer = &asking->answer;
        uint64_t cma_bytes = online_cma_bytes(server->machine->tree);

        answer->view = onlining_view(server->onlining);
        answer->config = answer->view.acts ? answer->view.config : &read->config;
        answer->fault = answer->view.acts ? answer->view.fault : read->config_message;
        answer->read = read;
        answer->machine = online_machine_of(server_snapshot(server), cma_bytes);
        if (!asking->dry)
                return 0;
        answer->previews = previews;
        return previews_make(answer->config, server_snapshot(server), &read->deciders, cma_bytes, previews);
}

/* As in memctl.conf. What is too long to be said is cut. */
static void audit(const struct asking *asking)
{
        char text[1024];

        (void) snprintf(text, sizeof(text), "[%s]", asking->section);
        settings_say(&asking->settings, text, sizeof(text));
        audit_online_policy(asking->server, asking->pending->call, text);
}

static void on_read(void *userdata, int error, const char *message, struct onlining_read *read)
{
        struct asking *asking = userdata;
        _cleanup_(pending_freep) struct pending *pending = asking->pending;
        struct previews previews = { 0 };
        int r = error;

        if (asking->set && read->config_error < 0) {
                r = read->config_error;
                message = read->config_message;
        } else if (asking->set) {
                audit(asking);
                if (onlining_view(asking->server->onlining).acts)
                        onlining_take(asking->server->onlining, read);
        }
        /* without a service the faulty files' configuration is that of none */
        if (r >= 0 && read->config_error < 0)
                online_config_init(&read->config);
        if (r >= 0)
                r = answer(asking, read, &previews);
        pending_answer(pending, r, message, append, asking);
        previews_clear(&previews);
}

static int begin(struct server *server, sd_bus_message *m, struct asking *asking, sd_bus_error *error)
{
        bool acts = onlining_view(server->onlining).acts;
        const struct onlining_wish wish = {
                .files = asking->set || !acts,
                .values = asking->settings.items,
                .n_values = asking->settings.n,
                .apply = acts,
        };
        int r;

        asking->server = server;
        r = pending_new(server, m, &asking->pending, error);
        if (r < 0)
                return r;
        r = onlining_reading_new(server->machine, &wish, on_read, asking, &asking->reading);
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
        int dry, r;

        r = sd_bus_message_read(m, "b", &dry);
        if (r < 0)
                return r;
        asking = calloc(1, sizeof(*asking));
        if (!asking)
                return -ENOMEM;
        asking->dry = dry;
        return ask(server, m, asking, error);
}

static int read_values(sd_bus_message *m, struct asking *asking, sd_bus_error *error)
{
        const char *rule;
        int r;

        r = sd_bus_message_read(m, "s", &rule);
        if (r < 0)
                return r;
        if (*rule && !online_rule_name_is_good(rule))
                return sd_bus_error_setf(
                        error, SD_BUS_ERROR_INVALID_ARGS,
                        "a rule's name: accepted are up to 63 letters, digits and characters "
                        "of \"-_.\"");
        (void) snprintf(asking->section, sizeof(asking->section),
                        *rule ? POLICY_SECTION_ONLINE " %s" : POLICY_SECTION_ONLINE, rule);
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

int bus_get_online_policy(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get, error);
}

int bus_set_online_policy(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_set, error);
}
