/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GRUB as Debian has it: /etc/default/grub.d/ has fragments of shell that update-grub makes grub.cfg of.
 */
#include "daemon/boot/loader.h"

#include "basic/message.h"
#include "daemon/boot/setting.h"

#include <errno.h>
#include <string.h>

#define CFG      "boot/grub/grub.cfg"
#define DEFAULTS "etc/default/grub"
#define FOLDER   "etc/default/grub.d"
/* behind those of others, which may set the same variables */
#define FRAGMENT FOLDER "/zz-memctl-cma.cfg"

static bool is_here(int root_fd)
{
        return config_file_exists(root_fd, CFG);
}

/* cma= among the default parameters, which stand behind all others: the last one counts. */
static const struct boot_setting default_of_others = {
        .file = DEFAULTS,
        .folder = FOLDER,
        .suffix = "",
        .ours = FRAGMENT,
        .variable = "GRUB_CMDLINE_LINUX_DEFAULT=",
        .text = "cma",
};

/* Likewise. */
static const struct boot_setting memmap_of_others = {
        .file = DEFAULTS,
        .folder = FOLDER,
        .suffix = "",
        .ours = FRAGMENT,
        .variable = "GRUB_CMDLINE_LINUX_DEFAULT=",
        .text = "memmap_on_memory",
};

static int plan(int root_fd, const char *parameters, struct boot_change *change, char **message)
{
        _cleanup_(config_file_clear) struct config_file before = { 0 };
        _cleanup_free_ char *text = NULL;
        bool last;
        int r;

        if (!config_file_exists(root_fd, "usr/sbin/update-grub"))
                return fail(message, -EOPNOTSUPP,
                            "GRUB is here, but not /usr/sbin/update-grub, by which Debian makes its "
                            "configuration");
        r = config_file_read(root_fd, FRAGMENT, CONFIG_FILE_MAX, &before, message);
        if (r < 0)
                return r;
        last = boot_setting_is_made(root_fd, &default_of_others) ||
               (strstr(parameters, memmap_of_others.text) &&
                boot_setting_is_made(root_fd, &memmap_of_others));
        if (asprintf(&text,
                     "# Written by memctl; memctl cma boot --revert, or policy online boot --revert, takes "
                     "it away.\n"
                     "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\n"
                     "%s%s%s",
                     parameters, last ? "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT " : "",
                     last ? parameters : "", last ? "\"\n" : "") < 0) {
                text = NULL;
                return -ENOMEM;
        }
        (void) strcpy(change->program, "update-grub");
        (void) strcpy(change->made, CFG);
        return boot_change_add(change, FRAGMENT, &before, text, strlen(text));
}

const struct boot_loader boot_grub = { "grub", "GRUB", is_here, plan };
