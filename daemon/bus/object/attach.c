/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/object/attach.h"

#include "daemon/bus/context/context.h"

int bus_attach_objects(struct server *server, const char *prefix, const char *interface,
                       const sd_bus_vtable *vtable, sd_bus_object_find_t find,
                       sd_bus_node_enumerator_t enumerate)
{
        int r;

        r = sd_bus_add_fallback_vtable(server->bus, NULL, prefix, interface, vtable, find, server);
        if (r < 0 || !enumerate)
                return r;
        return sd_bus_add_node_enumerator(server->bus, NULL, prefix, enumerate, server);
}
