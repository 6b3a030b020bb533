/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GRUB as Debian has it: /etc/default/grub.d/ has fragments of shell that update-grub makes grub.cfg of.
 */
#include "daemon/boot/loader.h"

#include "basic/message.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define CFG      "boot/grub/grub.cfg"
#define DEFAULTS "etc/default/grub"
#define FOLDER   "etc/default/grub.d"
/* behind those of others, which may set the same variables */
#define FRAGMENT FOLDER "/zz-memctl-cma.cfg"

static bool is_here(int root_fd)
{
        return boot_file_exists(root_fd, CFG);
}

/* Whether cma= is among the default parameters, which stand behind all others: the last one counts. */
static bool sets_default(int root_fd, const char *path)
{
        _cleanup_(boot_file_clear) struct boot_file file = { 0 };
        _cleanup_free_ char *message = NULL;
        char *save = NULL;

        if (boot_file_read(root_fd, path, BOOT_FILE_MAX, &file, &message) < 0 || !file.there)
                return false;
        for (char *line = strtok_r(file.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
                if (strncmp(line + strspn(line, " \t"), "GRUB_CMDLINE_LINUX_DEFAULT=", 27) == 0 &&
                    strstr(line, "cma"))
                        return true;
        return false;
}

static bool any_sets_default(int root_fd)
{
        int fd = boot_folder_open(root_fd, FOLDER);
        _cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
        const struct dirent *entry;
        char path[BOOT_PATH_MAX];

        if (sets_default(root_fd, DEFAULTS))
                return true;
        while (dir && (entry = readdir(dir))) {
                if (entry->d_name[0] == '.' ||
                    snprintf(path, sizeof(path), FOLDER "/%s", entry->d_name) >= (int) sizeof(path) ||
                    strcmp(path, FRAGMENT) == 0)
                        continue;
                if (sets_default(root_fd, path))
                        return true;
        }
        return false;
}

static int plan(int root_fd, const char *parameters, struct boot_change *change, char **message)
{
        _cleanup_(boot_file_clear) struct boot_file before = { 0 };
        _cleanup_free_ char *text = NULL;
        int r;

        if (!boot_file_exists(root_fd, "usr/sbin/update-grub"))
                return fail(message, -EOPNOTSUPP,
                            "GRUB is here, but not /usr/sbin/update-grub, by which Debian makes its "
                            "configuration");
        r = boot_file_read(root_fd, FRAGMENT, BOOT_FILE_MAX, &before, message);
        if (r < 0)
                return r;
        if (asprintf(&text,
                     "# Written by memctl cma boot --apply; memctl cma boot --revert takes it away.\n"
                     "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\n"
                     "%s%s%s",
                     parameters,
                     any_sets_default(root_fd) ? "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT "
                                               : "",
                     any_sets_default(root_fd) ? parameters : "",
                     any_sets_default(root_fd) ? "\"\n" : "") < 0) {
                text = NULL;
                return -ENOMEM;
        }
        (void) strcpy(change->program, "update-grub");
        (void) strcpy(change->made, CFG);
        return boot_change_add(change, FRAGMENT, &before, text, strlen(text));
}

const struct boot_loader boot_grub = { "grub", "GRUB", is_here, plan };
