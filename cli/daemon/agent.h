/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who asks for a password where no desktop does: over ssh, in a console.
 */
#ifndef MEMCTL_CLI_DAEMON_AGENT_H
#define MEMCTL_CLI_DAEMON_AGENT_H

#include "cli/run/context.h"

/*
 * Starts polkit's agent on this terminal, where there is one, a password may be asked for, and polkit is:
 * not for root, another host or a memctld of our own. A desktop's agent goes before it. Where there is no
 * such program, polkit asks nobody, and memctld says so.
 */
void agent_open(struct context *context);

/* Ends it, and with it the question on the terminal. */
void agent_close(struct context *context);

#endif
