/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Provider on /org/memctl1/provider/NAME, and what the Manager says of memctl.ko. The kernel has
 * the figures and tells nobody when they change, so it is asked each time: that is why providers are not in
 * the ObjectManager, whose every listing would have to wait for the module.
 */
#include "daemon/bus/auth.h"
#include "daemon/bus/request.h"
#include "daemon/bus/server.h"
#include "daemon/module/provider.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

/* Reads server->providers anew. 1, 0 without the module, or -errno with error set. */
static int read_providers(struct server *server, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        int r;

        r = provider_list_read(server->machine->tree, &server->providers, &message);
        return r < 0 ? request_fail(error, r, message) : r;
}

/*
 * Looks into the kernel for all properties that are then read: they belong together. What is found lives
 * until the next look, and so until they are read.
 */
static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        _cleanup_free_ char *name = NULL;
        struct server *server = userdata;
        int r;

        (void) bus, (void) interface;

        if (sd_bus_path_decode(path, MEMCTL_PATH_PROVIDER, &name) <= 0)
                return 0;
        r = read_providers(server, error);
        if (r < 0)
                return r;
        *found = (void *) provider_list_find(&server->providers, name);
        return *found ? 1 : 0;
}

static int get_name(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const struct provider *provider = userdata;

        (void) bus, (void) path, (void) interface, (void) property, (void) error;

        return sd_bus_message_append(reply, "s", provider->name);
}

/* Error numbers differ between machines, and the caller may be on another one. */
static int append_failure(sd_bus_message *m, const struct provider_failure *failure)
{
        const char *name = failure->error == 0 ? "other" : strerrorname_np(failure->error);
        char number[16];

        if (!name) {
                (void) snprintf(number, sizeof(number), "%d", failure->error);
                name = number;
        }
        return sd_bus_message_append(m, "(st)", name, failure->count);
}

static int append_failures(sd_bus_message *m, const struct provider *provider)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "(st)");
        for (size_t i = 0; r >= 0 && i < provider->n_failures; i++)
                r = append_failure(m, &provider->failures[i]);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int get_failures(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void) bus, (void) path, (void) interface, (void) property, (void) error;

        return append_failures(reply, userdata);
}

/* What GetAll answers, Failures left out. */
static int append_provider(sd_bus_message *m, const struct provider *p)
{
        return sd_bus_message_append(m, "a{sv}", 10, "Name", "s", p->name, "Pages", "t", p->pages,
                                     "Isolated", "t", p->isolated, "Migrated", "t", p->migrated, "Retried",
                                     "t", p->retried, "Refused", "t", p->refused, "Failed", "t", p->failed,
                                     "Batches", "t", p->batches, "Bytes", "t", p->bytes, "LongestPauseNSec",
                                     "t", p->longest_pause_nsecs);
}

static int do_list(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        sd_bus_message *reply = NULL;
        int r;

        r = read_providers(server, error);
        if (r >= 0)
                r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; r >= 0 && i < server->providers.n_providers; i++)
                r = append_provider(reply, &server->providers.providers[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_free_ char *path = NULL;
        const char *name;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;
        if (!provider_name_is_valid(name))
                return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                         "not the name of a provider: accepted are up to %d of a-z, 0-9, _ "
                                         "and -, as provider list shows it",
                                         PROVIDER_NAME_MAX);
        r = read_providers(server, error);
        if (r < 0)
                return r;
        if (!provider_list_find(&server->providers, name))
                return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_FOUND, "%s: %s", name,
                                         r > 0 ? "memctl.ko has no such provider"
                                         : server->machine->tree->live
                                                 ? "memctl.ko is not loaded, so there are no providers"
                                                 : "a tree has no providers, only a running machine has");
        path = bus_provider_path(name);
        return path ? sd_bus_reply_method_return(m, "o", path) : -ENOMEM;
}

int bus_list_providers(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_list, error);
}

int bus_get_provider(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", get_name, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Pages", "t", NULL, offsetof(struct provider, pages), 0),
        SD_BUS_PROPERTY("Isolated", "t", NULL, offsetof(struct provider, isolated), 0),
        SD_BUS_PROPERTY("Migrated", "t", NULL, offsetof(struct provider, migrated), 0),
        SD_BUS_PROPERTY("Retried", "t", NULL, offsetof(struct provider, retried), 0),
        SD_BUS_PROPERTY("Refused", "t", NULL, offsetof(struct provider, refused), 0),
        SD_BUS_PROPERTY("Failed", "t", NULL, offsetof(struct provider, failed), 0),
        SD_BUS_PROPERTY("Failures", "a(st)", get_failures, 0, 0),
        SD_BUS_PROPERTY("Batches", "t", NULL, offsetof(struct provider, batches), 0),
        SD_BUS_PROPERTY("Bytes", "t", NULL, offsetof(struct provider, bytes), 0),
        SD_BUS_PROPERTY("LongestPauseNSec", "t", NULL, offsetof(struct provider, longest_pause_nsecs), 0),
        SD_BUS_VTABLE_END,
};

int bus_provider_attach(struct server *server)
{
        return bus_attach_objects(server, MEMCTL_PATH_PROVIDER, MEMCTL_IFACE_PROVIDER, vtable, find, NULL);
}
