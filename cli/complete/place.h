/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where on the command line a word stands: behind which verb and options, and what it is to be. Pure.
 */
#ifndef MEMCTL_CLI_COMPLETE_PLACE_H
#define MEMCTL_CLI_COMPLETE_PLACE_H

#include "cli/ask/verb.h"

struct place {
        bool help;               /* the first word is help */
        const char *noun;        /* NULL: none yet, or the verb stands alone */
        const struct verb *verb; /* NULL: none yet */
        bool lost;               /* a word before is no noun, or no verb of it: nothing fits */
        uint64_t given;          /* OPTION(...) that stand before */
        enum option_id awaited;  /* whose value the word is; _OPTION_MAX: of none */
        bool command_begun;      /* behind "--" */
        size_t command;          /* index of the first word behind it */
        char **args;             /* words before, that are arguments of the verb; to be freed */
        size_t n_args;
        const char *root, *host; /* as given; NULL: not */
};

/* The place of a word behind n others, which are those behind "memctl". 0 or -ENOMEM. */
int place_find(const struct verbs *verbs, char *const *words, size_t n, struct place *ret);

/* The option of that name, of n bytes, or of that letter; _OPTION_MAX: there is none. */
enum option_id place_option(const char *name, size_t n);
enum option_id place_letter(char letter);

#endif
