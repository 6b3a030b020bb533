/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Zone lists, as valid_zones has them; the rest is in snapshot.h.
 */
#ifndef MEMCTL_MACHINE_ZONE_H
#define MEMCTL_MACHINE_ZONE_H

#include "daemon/machine/snapshot.h"

/* Parses valid_zones. Returns 0, or -EINVAL for an unknown or repeated zone. */
int zone_list_parse(const char *text, zone_list_t *ret);

#endif
