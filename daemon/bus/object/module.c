/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetModule: what the kernel module says of itself.
 */
#include "daemon/bus/auth.h"
#include "daemon/bus/request.h"
#include "daemon/bus/server.h"
#include "daemon/module/module.h"
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

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        sd_bus_message *reply = NULL;
        struct module_info info;
        bool loaded;
        int r;

        r = module_read(server->machine->tree, &info, &message);
        if (r < 0)
                return request_fail(error, r, message);
        loaded = r > 0;
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0 && loaded)
                r = append_module(reply, &info);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

int bus_get_module(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get, error);
}
