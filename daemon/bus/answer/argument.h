/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a call names: checked, looked up.
 */
#ifndef MEMCTL_BUS_ARGUMENT_H
#define MEMCTL_BUS_ARGUMENT_H

#include "daemon/machine/snapshot.h"
#include "daemon/plan/range.h"

#include <systemd/sd-bus.h>

struct server;

/* Fails with NotSupported where the kernel has no memory blocks. */
int bus_check_hotplug(struct server *server, sd_bus_error *error);

/* The blocks that a list of ranges names. 0, or -errno with error set. */
int bus_parse_blocks(struct server *server, char **ranges, struct block_set *ret, sd_bus_error *error);

/* -EINVAL or -ENOENT with error set unless name is the name of a DIMM in the snapshot. */
int bus_check_dimm(const struct snapshot *snapshot, const char *name, sd_bus_error *error);

#endif
