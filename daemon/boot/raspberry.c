/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raspberry Pi: the firmware reads the first line of cmdline.txt, in the partition that is /boot/firmware,
 * or /boot before Debian 12. A file of that name that only says where it has moved to is in /boot since.
 */
#include "daemon/boot/loader.h"

#include "basic/message.h"

#include <errno.h>

static const char *path_of(int root_fd)
{
        if (config_file_exists(root_fd, "boot/firmware/cmdline.txt"))
                return "boot/firmware/cmdline.txt";
        return config_file_exists(root_fd, "boot/cmdline.txt") ? "boot/cmdline.txt" : NULL;
}

static bool is_here(int root_fd)
{
        return path_of(root_fd) && (config_file_exists(root_fd, "boot/firmware/config.txt") ||
                                    config_file_exists(root_fd, "boot/config.txt"));
}

static int plan(int root_fd, const char *parameters, struct boot_change *change, char **message)
{
        const char *path = path_of(root_fd);
        size_t lines;
        int r = boot_loader_edit(root_fd, path, NULL, EDIT_EACH, change, &lines, message);

        (void) parameters;

        if (r >= 0 && lines == 0)
                return fail(message, -EOPNOTSUPP, "/%s: it has no line that could be a command line", path);
        return r;
}

const struct boot_loader boot_raspberry = { "raspberry-pi", NULL, is_here, plan };
