/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetModule: what the kernel module says of itself; GetModuleState: whether it is there.
 */
#include "daemon/bus/object/module.h"

#include "daemon/bus/answer/reading.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/strings.h"
#include "memctl/bus.h"

static int append_module(sd_bus_message *m, const struct module_info *info)
{
        char *abilities[32];
        size_t n = 0;
        int r;

        for (unsigned int i = 0; module_ability_name(i); i++)
                if (info->abilities & 1U << i)
                        abilities[n++] = (char *) module_ability_name(i);
        r = sd_bus_message_append(m, "{sv}{sv}{sv}", "version", "s", info->version, "binding", "s",
                                  info->binding, "kernel", "s", info->kernel);
        if (r >= 0 && info->movable_reason[0] != '\0')
                r = sd_bus_message_append(m, "{sv}", "movable_reason", "s", info->movable_reason);
        return r < 0 ? r : bus_append_strings_entry(m, "abilities", abilities, n);
}

static int append(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                  const struct reading_answer *answer, bool full)
{
        int r;

        (void) server, (void) call, (void) full;

        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0 && answer->loaded)
                r = append_module(reply, &answer->module);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        static const struct reading_reply reply = { .append = append };

        return bus_answer_reading(server, m, READING_MODULE, &reply, error);
}

int bus_get_module(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get, error);
}

static int append_state(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                        const struct reading_answer *answer, bool full)
{
        const struct module_presence *presence = &answer->presence;
        int r;

        (void) server, (void) call, (void) full;

        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0 && presence->known)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}", "loaded", "b", (int) presence->loaded,
                                          "installed", "b", (int) presence->installed, "signed_only", "b",
                                          (int) presence->signed_only);
        if (r >= 0 && presence->version[0] != '\0')
                r = sd_bus_message_append(reply, "{sv}", "version", "s", presence->version);
        if (r >= 0 && presence->signer[0] != '\0')
                r = sd_bus_message_append(reply, "{sv}", "signer", "s", presence->signer);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int do_get_state(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        static const struct reading_reply reply = { .append = append_state };

        return bus_answer_reading(server, m, READING_PRESENCE, &reply, error);
}

int bus_get_module_state(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get_state, error);
}
