/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A memctld that serves one memctl alone first sees to the jobs in which another one died, and says so on
 * stderr. What memctl was asked for comes after that: else it would see the machine in the midst of it, and
 * take memctld away from a job that goes on.
 */
#ifndef MEMCTL_CLI_RECOVERY_H
#define MEMCTL_CLI_RECOVERY_H

#include "cli/run/context.h"

/* Waits for the jobs that a private memctld has begun by itself. EXIT_DONE or an exit status. */
int recovery_wait(struct context *context);

#endif
