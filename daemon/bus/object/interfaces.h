/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each interface: puts itself on the bus. 0 or -errno.
 */
#ifndef MEMCTL_BUS_INTERFACES_H
#define MEMCTL_BUS_INTERFACES_H

struct server;

int bus_manager_attach(struct server *server);
int bus_block_attach(struct server *server);
int bus_dimm_attach(struct server *server);
int bus_node_attach(struct server *server);
int bus_job_attach(struct server *server);
int bus_provider_attach(struct server *server);
int bus_cma_attach(struct server *server);
int bus_reservation_attach(struct server *server);

#endif
