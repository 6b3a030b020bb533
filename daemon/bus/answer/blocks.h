/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListBlocks: all blocks, as columns.
 */
#ifndef MEMCTL_BUS_BLOCKS_H
#define MEMCTL_BUS_BLOCKS_H

#include <systemd/sd-bus.h>

int bus_list_blocks(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
