/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * systemd-boot: an entry a kernel, whose options lines together are the command line; and the command line
 * that kernel-install gives to those to come.
 */
#include "daemon/boot/loader.h"

#include "basic/message.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define CMDLINE "etc/kernel/cmdline"

static const char *const folders[] = { "boot/loader/entries", "efi/loader/entries",
                                       "boot/efi/loader/entries" };

static int is_entry(const struct dirent *entry)
{
        size_t n = strlen(entry->d_name);

        return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".conf") == 0;
}

static bool is_here(int root_fd)
{
        for (size_t i = 0; i < ELEMENTSOF(folders); i++)
                if (config_file_exists(root_fd, folders[i]))
                        return true;
        return false;
}

static int plan_folder(int root_fd, const char *folder, struct boot_change *change, size_t *n_entries,
                       char **message)
{
        _cleanup_close_ int fd = config_folder_open(root_fd, folder);
        struct dirent **names = NULL;
        int n, r = 0;

        if (fd < 0)
                return fd == -ENOENT ? 0 : fail(message, fd, "/%s: %s", folder, strerror(-fd));
        n = scandirat(fd, ".", &names, is_entry, alphasort);
        if (n < 0)
                return fail(message, -errno, "/%s: %s", folder, strerror(errno));
        for (int i = 0; i < n; i++) {
                char path[BOOT_PATH_MAX];
                size_t lines;

                if (r >= 0 &&
                    snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name) >= (int) sizeof(path))
                        r = fail(message, -ENAMETOOLONG, "/%s/%s: %s", folder, names[i]->d_name,
                                 strerror(ENAMETOOLONG));
                if (r >= 0) {
                        r = boot_loader_edit(root_fd, path, "options", EDIT_LAST, change, &lines, message);
                        *n_entries += r >= 0 && lines > 0; /* others start no Linux, or without a word */
                }
                free(names[i]);
        }
        free(names);
        return r;
}

static int plan(int root_fd, const char *parameters, struct boot_change *change, char **message)
{
        size_t n_entries = 0, lines;
        int r = 0;

        (void) parameters;

        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(folders); i++)
                r = plan_folder(root_fd, folders[i], change, &n_entries, message);
        if (r < 0)
                return r;
        if (n_entries == 0)
                return fail(message, -EOPNOTSUPP,
                            "systemd-boot has no entry with an options line here; of a unified kernel "
                            "image, /" CMDLINE " is to be changed, and the image made anew");
        /* where it is missing, kernel-install takes what the machine was booted with */
        return boot_loader_edit(root_fd, CMDLINE, NULL, EDIT_EACH, change, &lines, message);
}

const struct boot_loader boot_systemd = { "systemd-boot", "systemd-boot", is_here, plan };
