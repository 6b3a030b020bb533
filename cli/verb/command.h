/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a command of the user's and waits for its end, as a shell does.
 */
#ifndef MEMCTL_CLI_VERB_COMMAND_H
#define MEMCTL_CLI_VERB_COMMAND_H

/* Exit statuses, as of a shell. */
enum {
        EXIT_COMMAND_CANNOT_RUN = 126,
        EXIT_COMMAND_NOT_FOUND = 127,
        EXIT_COMMAND_SIGNALLED = 128, /* and the signal's number */
};

/*
 * argv ends in NULL, and argv[0] is looked for in PATH. A Ctrl-C is for the command, which gets it from the
 * terminal; SIGINT, SIGQUIT, SIGTERM and SIGHUP that somebody sends to memctl are passed on to it. Returns
 * the command's exit status, or, having said why, that of a shell which cannot run it.
 */
int command_run(char *const argv[]);

#endif
