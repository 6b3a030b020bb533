/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys and values of memctl.conf in a call that sets some of them.
 */
#ifndef MEMCTL_BUS_SETTINGS_H
#define MEMCTL_BUS_SETTINGS_H

#include "daemon/policy/files.h"

#include <systemd/sd-bus.h>

/* In one call. */
#define SETTINGS_MAX 16

/* All of one section, which is borrowed, as keys and values are from the call. */
struct settings {
        struct policy_value items[SETTINGS_MAX];
        size_t n;
};

/* Reads the a{ss} that comes next; the value "default" takes back what was set. 0, or -errno with *error
 * set. */
int settings_read(sd_bus_message *m, const char *section, struct settings *ret, sd_bus_error *error);

/* Appends them to text as KEY=VALUE, with spaces between. What is too long to be said is cut. */
void settings_say(const struct settings *settings, char *text, size_t size);

#endif
