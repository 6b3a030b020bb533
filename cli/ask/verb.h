/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verbs, and which options go with which, in one table that help is made from too.
 */
#ifndef MEMCTL_CLI_ASK_VERB_H
#define MEMCTL_CLI_ASK_VERB_H

#include "cli/context.h"

/* Options that only some verbs take. */
enum {
        OPTION_EJECT = 1U << 0,
        OPTION_TIMEOUT = 1U << 1,
        OPTION_ZONE = 1U << 2,
        OPTION_SIZE = 1U << 3,
        OPTION_NODE = 1U << 4,
        OPTION_FORCE = 1U << 5,
        OPTION_BY = 1U << 6,
        OPTION_SVG = 1U << 7,
        OPTION_NO_COLOR = 1U << 8,
        OPTION_CACHE = 1U << 9,
        OPTION_PARTIAL = 1U << 10,
        OPTION_STUCK = 1U << 11,
        OPTION_MAX_PAUSE = 1U << 12,
        OPTION_RATE = 1U << 13,
        OPTION_TO_NODE = 1U << 14,
        OPTION_SWAP = 1U << 15,
        OPTION_RESUME = 1U << 16,
        OPTION_FAILING = 1U << 17,
        RUNS_COMMAND = 1U << 31, /* here: so not of another host */
};

struct verb {
        const char *noun; /* NULL: the verb stands alone */
        const char *name;
        const char *args; /* for help */
        size_t min_args, max_args;
        unsigned int options; /* OPTION_* that it takes besides the common ones */
        int (*run)(struct context *context);
        const char *help;
};

/*
 * The verb that words ask for; those after it become the context's arguments. 0, or -EINVAL: there is no
 * such verb, or it takes other arguments, and it was said.
 */
int verb_choose(char **words, size_t n, struct context *context, const struct verb **ret);

/* Prints all there is. */
void verb_help(void);

#endif
