/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line: options and what they are given, and the verb that it comes to.
 */
#ifndef MEMCTL_CLI_ASK_OPTIONS_H
#define MEMCTL_CLI_ASK_OPTIONS_H

#include "cli/ask/verb.h"

/* Reads the command line. 1: run *ret; 0: help or version was printed; -EINVAL: usage, and it was said. */
int options_parse(int argc, char **argv, struct context *context, const struct verb **ret);

#endif
