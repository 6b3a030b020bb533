/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs the program by which a boot loader's configuration is made. To be called in a helper.
 */
#ifndef MEMCTL_QUERY_BOOT_PROGRAM_H
#define MEMCTL_QUERY_BOOT_PROGRAM_H

#include "daemon/boot/apply.h"

/* service: memctld is one, in a sandbox in which such programs do not work: a unit runs them. */
struct boot_runner boot_program_runner(bool service);

#endif
