/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a memctld that serves this run alone, over a socket pair: the same program and the same code as on
 * the bus. It ends with the connection, once it has put back what it must.
 */
#ifndef MEMCTL_CLI_PRIVATE_H
#define MEMCTL_CLI_PRIVATE_H

#include <sys/types.h>

/* Starts memctld on one end of a socket pair. 0 or -errno; *ret_fd is the other end. */
int private_start(const char *root, pid_t *ret_pid, int *ret_fd);

#endif
