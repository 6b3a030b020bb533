/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings of a boot loader in files of shell, as /etc/default has them, which others write too.
 */
#ifndef MEMCTL_BOOT_SETTING_H
#define MEMCTL_BOOT_SETTING_H

#include <stdbool.h>

struct boot_setting {
        const char *file;     /* path below the root, without a slash in front */
        const char *folder;   /* and that of a folder with more of them, */
        const char *suffix;   /* whose names end so; "": all that do not begin with a dot */
        const char *ours;     /* the path of one of those that is memctl's: it does not count */
        const char *variable; /* with "=" behind */
        const char *text;     /* to be in the same line; "": any */
};

/* Whether a line of somebody else's sets it. A comment does not; what cannot be read does not either. */
bool boot_setting_is_made(int root_fd, const struct boot_setting *setting);

#endif
