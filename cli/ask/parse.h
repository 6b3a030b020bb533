/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line: options and what they are given, and the verb that it comes to.
 */
#ifndef MEMCTL_CLI_ASK_PARSE_H
#define MEMCTL_CLI_ASK_PARSE_H

#include "cli/ask/verb.h"

/* What the command line comes to, besides a verb to run. */
enum asked { ASKED_VERB, ASKED_HELP, ASKED_VERSION };

struct question {
        enum asked asked;
        const struct verb *verb; /* to run, or of help: NULL there: of all, or of noun */
        const char *noun;
};

/*
 * Reads the command line. 0, or -EINVAL: usage, and it was said; the context's output is then what was asked
 * for nevertheless.
 */
int parse_command_line(int argc, char **argv, const struct verbs *verbs, struct context *context,
                       struct question *ret);

#endif
