/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The name of a process, as /proc/PID/comm has it.
 */
#ifndef MEMCTL_BASIC_COMMAND_H
#define MEMCTL_BASIC_COMMAND_H

#include <stddef.h>

#define COMMAND_SIZE 16 /* with its NUL */

/*
 * A process may call itself anything, also nothing: of the first size bytes of text, or those before a NUL,
 * what is not printable ASCII becomes '?', what is too long is cut.
 */
void command_copy(char command[static COMMAND_SIZE], const char *text, size_t size);

#endif
