/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where memctld keeps what it has to know from boot to boot; one process at a time changes what is in there.
 */
#ifndef MEMCTL_BOOT_FOLDER_H
#define MEMCTL_BOOT_FOLDER_H

#define BOOT_STATE_FOLDER "var/lib/memctl"

#endif
