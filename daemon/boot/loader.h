/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a boot loader is, of which each has a file here (loaders.h has all): where its command lines are, and
 * what is to be changed there.
 */
#ifndef MEMCTL_BOOT_LOADER_H
#define MEMCTL_BOOT_LOADER_H

#include "daemon/boot/change.h"
#include "daemon/boot/edit.h"

struct boot_loader {
        const char *name; /* as on the bus: "systemd-boot" */
        const char *
                firmware; /* how LoaderInfo, which it leaves in the firmware, begins; NULL: it leaves none */

        /* Whether its files are there. */
        bool (*is_here)(int root_fd);

        /*
         * What is to be written so that the kernel gets these parameters; all that is needed is read, and
         * nothing changed. 0; or -errno with *message: -EOPNOTSUPP where it cannot be done here.
         */
        int (*plan)(int root_fd, const char *parameters, struct boot_change *change, char **message);
};

/* What is to be written for it; an empty change where all is written already. 0 or -errno with *message. */
int boot_loader_plan(const struct boot_loader *loader, int root_fd, const char *parameters,
                     struct boot_change *ret, char **message);

/*
 * For loaders: a file in which lines that begin with keyword are command lines (edit_lines()). 0, with
 * *lines those that have the parameters; or -errno with *message.
 */
int boot_loader_edit(int root_fd, const char *path, const char *keyword, enum edit_which which,
                     struct boot_change *change, size_t *lines, char **message);

#endif
