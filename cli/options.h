/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line: verbs, options, and which goes with which, in one table that help is made from too.
 */
#ifndef MEMCTL_CLI_OPTIONS_H
#define MEMCTL_CLI_OPTIONS_H

#include "cli/context.h"

struct verb {
        const char *noun; /* NULL: the verb stands alone */
        const char *name;
        const char *args; /* for help */
        size_t min_args, max_args;
        unsigned int options; /* OPTION_* that it takes besides the common ones */
        int (*run)(struct context *context);
        const char *help;
};

/* Reads the command line. 1: run *ret; 0: help or version was printed; -EINVAL: usage, and it was said. */
int options_parse(int argc, char **argv, struct context *context, const struct verb **ret);

#endif
