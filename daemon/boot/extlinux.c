/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * extlinux.conf, which U-Boot and syslinux read. Where Debian's u-boot-menu makes it, a fragment for that is
 * written, and u-boot-update run; else its append lines are changed.
 */
#include "daemon/boot/loader.h"

#include "basic/message.h"
#include "daemon/boot/setting.h"

#include <errno.h>
#include <string.h>

#define CONF     "boot/extlinux/extlinux.conf"
#define DEFAULTS "etc/default/u-boot"
#define FOLDER   "etc/u-boot-menu/conf.d"
#define FRAGMENT FOLDER "/zz-memctl-cma.conf"
#define CMDLINE  "etc/kernel/cmdline"

static bool is_here(int root_fd)
{
        return config_file_exists(root_fd, CONF);
}

static const struct boot_setting parameters_of_others = {
        .file = DEFAULTS,
        .folder = FOLDER,
        .suffix = ".conf",
        .ours = FRAGMENT,
        .variable = "U_BOOT_PARAMETERS=",
        .text = "",
};

/* Behind what is in a file of shell, unless it is there already. */
static int add_lines(struct boot_change *change, const char *path, struct config_file *before,
                     const char *lines, char **message)
{
        size_t n = before->size, size = strlen(lines);
        bool cut = n > 0 && before->data[n - 1] != '\n';
        _cleanup_free_ char *text = NULL;

        if (n > 0 && memchr(before->data, '\0', n))
                return fail(message, -EBADMSG, "/%s: it is no text", path);
        if (n >= size && memcmp(before->data + n - size, lines, size) == 0)
                return 0;
        if (asprintf(&text, "%s%s%s", before->data ? before->data : "", cut ? "\n" : "", lines) < 0) {
                text = NULL;
                return -ENOMEM;
        }
        return boot_change_add(change, path, before, text, strlen(text));
}

/*
 * What u-boot-update takes where nobody has set the parameters: those of the kernel's packages, or "ro
 * quiet". There is a folder for fragments only where somebody made it.
 */
static int plan_menu(int root_fd, const char *parameters, struct boot_change *change, char **message)
{
        bool set = boot_setting_is_made(root_fd, &parameters_of_others),
             folder = config_file_exists(root_fd, FOLDER);
        _cleanup_(config_file_clear) struct config_file before = { 0 };
        const char *path = folder ? FRAGMENT : DEFAULTS;
        _cleanup_free_ char *text = NULL;
        size_t lines;
        int r;

        (void) strcpy(change->program, "u-boot-update");
        (void) strcpy(change->made, CONF);
        if (!set && config_file_exists(root_fd, CMDLINE))
                return boot_loader_edit(root_fd, CMDLINE, NULL, EDIT_EACH, change, &lines, message);
        r = config_file_read(root_fd, path, CONFIG_FILE_MAX, &before, message);
        if (r < 0)
                return r;
        if (asprintf(&text,
                     "# Written by memctl; memctl cma boot --revert, or policy online boot --revert, takes "
                     "it away.\n"
                     "U_BOOT_PARAMETERS=\"${U_BOOT_PARAMETERS:-ro quiet} %s\"\n",
                     parameters) < 0) {
                text = NULL;
                return -ENOMEM;
        }
        return folder ? boot_change_add(change, path, &before, text, strlen(text))
                      : add_lines(change, path, &before, text, message);
}

static int plan(int root_fd, const char *parameters, struct boot_change *change, char **message)
{
        size_t lines;
        int r;

        if (config_file_exists(root_fd, "usr/sbin/u-boot-update"))
                return plan_menu(root_fd, parameters, change, message);
        r = boot_loader_edit(root_fd, CONF, "append", EDIT_EACH, change, &lines, message);
        if (r >= 0 && lines == 0)
                return fail(message, -EOPNOTSUPP, "/" CONF ": it has no append line");
        return r;
}

const struct boot_loader boot_extlinux = { "extlinux", NULL, is_here, plan };
