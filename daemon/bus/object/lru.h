/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetLruCache, HoldLruCache and ReleaseLruCache.
 */
#ifndef MEMCTL_BUS_LRU_H
#define MEMCTL_BUS_LRU_H

#include <systemd/sd-bus.h>

int bus_get_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_hold_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_release_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
