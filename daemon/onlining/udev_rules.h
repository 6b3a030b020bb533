/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a file of udev's rules does about a block of memory that is added: whether it brings it online. What
 * can be known of such a block is known here (its subsystem, the action, that it is offline, the machine's
 * DMI); what a program would say is not, and then the rule is taken to match, and a GOTO not to be taken.
 * Pure; the text may be anybody's.
 */
#ifndef MEMCTL_ONLINING_UDEV_RULES_H
#define MEMCTL_ONLINING_UDEV_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* Of the machine: reads an attribute below /sys/class, like "dmi/id/sys_vendor". False: there is none. */
struct udev_machine {
        bool (*read)(void *userdata, const char *path, char *buf, size_t size);
        void *userdata;
};

struct udev_rule_found {
        unsigned int line;
        char sets[64]; /* to what it sets the state: "online_movable", "$env{.state}"; cut off if need be */
};

/* Whether the file brings new blocks online; *ret is the first rule that does. */
bool udev_rules_online(const char *text, size_t size, const struct udev_machine *machine,
                       struct udev_rule_found *ret);

#endif
