/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel knows of failing memory: Manager.ListErrorCounts, Manager.CorruptedBytes.
 */
#include "daemon/bus/server.h"
#include "daemon/machine/dimm.h"
#include "daemon/pages/usage.h"

int bus_get_corrupted(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;

        (void) bus, (void) path, (void) interface, (void) property, (void) error;

        return sd_bus_message_append(reply, "x", corrupted_bytes_read(server->machine->tree));
}

/* EDAC's own labels: (label, controller, corrected, uncorrected, placed). */
int bus_list_error_counts(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        struct snapshot *snapshot = server_snapshot(server);
        sd_bus_message *reply = NULL;
        int r;

        (void) error;

        dimms_read_errors(server->machine->tree, snapshot);
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(suxxb)");
        for (size_t i = 0; r >= 0 && i < snapshot->edac.n; i++) {
                const struct edac_entry *entry = &snapshot->edac.entries[i];

                r = sd_bus_message_append(reply, "(suxxb)", entry->label, entry->controller, entry->corrected,
                                          entry->uncorrected, entry->placed);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}
