/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a person is asked for a password for, in words that name the DIMM, and what a rule of polkit's may
 * look up.
 */
#ifndef MEMCTL_BUS_PROMPT_H
#define MEMCTL_BUS_PROMPT_H

#include <systemd/sd-bus.h>

/*
 * Appends details of the call, a{ss}, to one of CheckAuthorization: "target" ("DIMM PNP0C80:00", "memory
 * blocks 32-39") and "polkit.message", which polkit's agent shows in place of the action's own. None for
 * calls that are about all of the machine. The call can be read from its beginning afterwards. 0 or -errno.
 */
int prompt_append(sd_bus_message *check, sd_bus_message *call);

#endif
