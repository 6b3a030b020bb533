/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs of the system that are asked for what only they do: modprobe, rmmod.
 */
#ifndef MEMCTL_MATRIX_MACHINE_COMMAND_H
#define MEMCTL_MATRIX_MACHINE_COMMAND_H

/* Its exit status, or -errno; what it says is nobody's. second may be NULL. */
int command_quietly(const char *program, const char *first, const char *second);

#endif
