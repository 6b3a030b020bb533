/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What interfaces of many objects share.
 */
#ifndef MEMCTL_BUS_ATTACH_H
#define MEMCTL_BUS_ATTACH_H

#include <systemd/sd-bus.h>

struct server;

/*
 * Objects below prefix, found by path; enumerate (NULL for objects that are not listed)
 * names those there are.
 */
int bus_attach_objects(struct server *server, const char *prefix, const char *interface,
                       const sd_bus_vtable *vtable, sd_bus_object_find_t find,
                       sd_bus_node_enumerator_t enumerate);

#endif
