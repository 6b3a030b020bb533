/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/tell/changes.h"

#include "daemon/bus/context/context.h"
#include "daemon/bus/value/paths.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

/* From a change to its telling: what else changes until then is told with it. */
#define PAUSE_USEC (200 * UINT64_C(1000))

struct changes {
        struct server *server;
        char **dimms; /* each once */
        size_t n_dimms;
        sd_event_source *timer; /* NULL: nothing is to be told */
};

int changes_new(struct server *server, struct changes **ret)
{
        struct changes *changes = calloc(1, sizeof(*changes));

        if (!changes)
                return -ENOMEM;
        changes->server = server;
        *ret = changes;
        return 0;
}

static void forget_dimms(struct changes *changes)
{
        for (size_t i = 0; i < changes->n_dimms; i++)
                free(changes->dimms[i]);
        changes->n_dimms = 0;
}

struct changes *changes_free(struct changes *changes)
{
        if (!changes)
                return NULL;
        sd_event_source_disable_unref(changes->timer);
        forget_dimms(changes);
        free(changes->dimms);
        free(changes);
        return NULL;
}

static void tell_all(struct changes *changes)
{
        sd_bus *bus = changes->server->bus;

        for (size_t i = 0; i < changes->n_dimms; i++) {
                _cleanup_free_ char *path = bus_dimm_path(changes->dimms[i]);

                if (path)
                        (void) sd_bus_emit_properties_changed(bus, path, MEMCTL_IFACE_DIMM, "OnlineBytes",
                                                              "OfflineBytes", NULL);
        }
        (void) sd_bus_emit_properties_changed(bus, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "Blocks",
                                              "OnlineBytes", "OfflineBytes", NULL);
        forget_dimms(changes);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct changes *changes = userdata;

        (void) source, (void) usec;

        changes->timer = sd_event_source_disable_unref(changes->timer);
        tell_all(changes);
        return 0;
}

/* Blocks of one DIMM mostly change one after the other: the last one noted is looked at first. */
static void add_dimm(struct changes *changes, const char *name)
{
        char **dimms, *copy;

        for (size_t i = changes->n_dimms; i > 0; i--)
                if (strcmp(changes->dimms[i - 1], name) == 0)
                        return;
        copy = strdup(name);
        dimms = copy ? reallocarray(changes->dimms, changes->n_dimms + 1, sizeof(*dimms)) : NULL;
        if (!dimms) {
                free(copy);
                return;
        }
        changes->dimms = dimms;
        dimms[changes->n_dimms++] = copy;
}

void changes_note(struct changes *changes, const char *dimm)
{
        if (dimm)
                add_dimm(changes, dimm);
        if (!changes->timer &&
            machine_after(changes->server->machine, PAUSE_USEC, on_time, changes, &changes->timer) < 0)
                tell_all(changes);
}
