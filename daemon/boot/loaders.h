/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All boot loaders that memctl knows, and which one is in use.
 */
#ifndef MEMCTL_BOOT_LOADERS_H
#define MEMCTL_BOOT_LOADERS_H

#include "daemon/boot/loader.h"

extern const struct boot_loader boot_grub, boot_systemd, boot_extlinux, boot_raspberry;

/*
 * The boot loader in use: the one that the firmware names, else the only one whose files are there. 0;
 * -ENOENT: there is none that memctl knows; -ENOTUNIQ: there are several; *message says so.
 */
int boot_loader_find(int root_fd, const struct boot_loader **ret, char **message);

#endif
