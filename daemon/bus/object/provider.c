/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Provider on /org/memctl1/provider/NAME, and what the Manager says of memctl.ko. The kernel has
 * the figures, tells nobody when they change, and may be slow to answer: that is why providers are not in
 * the ObjectManager, and properties are those of the last GetProvider or ListProviders.
 */
#include "daemon/bus/object/provider.h"

#include "basic/message.h"
#include "daemon/bus/answer/reading.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/attach.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/value/paths.h"
#include "daemon/bus/value/strings.h"
#include "daemon/module/provider.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

/* Properties are of the last look: GetProvider and ListProviders take one. */
static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        _cleanup_free_ char *name = NULL;
        struct server *server = userdata;

        (void) bus, (void) interface, (void) error;

        if (sd_bus_path_decode(path, MEMCTL_PATH_PROVIDER, &name) <= 0)
                return 0;
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

static void take(struct server *server, struct reading_answer *answer)
{
        provider_list_clear(&server->providers);
        server->providers = answer->providers;
        answer->providers = (struct provider_list){ 0 };
}

static int take_all(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                    char **message)
{
        (void) call, (void) message;

        take(server, answer);
        return 0;
}

static int append_all(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                      const struct reading_answer *answer, bool full)
{
        int r;

        (void) call, (void) answer, (void) full;

        r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; r >= 0 && i < server->providers.n_providers; i++)
                r = append_provider(reply, &server->providers.providers[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int do_list(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = take_all, .append = append_all };

        return bus_answer_reading(server, m, READING_PROVIDERS, &reply, error);
}

static int check_one(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                     char **message)
{
        bool loaded = answer->loaded;
        const char *name;
        int r;

        take(server, answer);
        r = bus_read_name(call, &name);
        if (r < 0)
                return r;
        if (provider_list_find(&server->providers, name))
                return 0;
        return fail(message, -ENOENT, "%s: %s", name,
                    loaded                        ? "memctl.ko has no such provider"
                    : server->machine->tree->live ? "memctl.ko is not loaded, so there are no providers"
                                                  : "a tree has no providers, only a running machine has");
}

static int append_path(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                       const struct reading_answer *answer, bool full)
{
        (void) server, (void) answer, (void) full;

        return bus_append_path_of_name(reply, call, bus_provider_path);
}

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = check_one, .append = append_path };
        const char *name;
        int r;

        r = bus_read_name(m, &name);
        if (r < 0)
                return r;
        if (!provider_name_is_valid(name))
                return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                         "not the name of a provider: accepted are up to %d of a-z, 0-9, _ "
                                         "and -, as provider list shows it",
                                         PROVIDER_NAME_MAX);
        return bus_answer_reading(server, m, READING_PROVIDERS, &reply, error);
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
