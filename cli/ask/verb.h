/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl can be asked, as a table: words, arguments, options, columns, help. cli/verbs.c has it.
 */
#ifndef MEMCTL_CLI_ASK_VERB_H
#define MEMCTL_CLI_ASK_VERB_H

#include "cli/ask/column.h"
#include "cli/ask/option.h"

/* What its arguments are, as far as a shell can complete them. */
enum argument_kind {
        ARGUMENT_OTHER,
        ARGUMENT_RANGE,
        ARGUMENT_RANGE_OR_DIMM,
        ARGUMENT_DIMM,
        ARGUMENT_NODE,
        ARGUMENT_JOB,
        ARGUMENT_RUNNING_JOB,
        ARGUMENT_PROVIDER,
        ARGUMENT_AREA, /* the first one */
        ARGUMENT_RESERVATION,
};

struct verb {
        const char *noun; /* NULL: the verb stands alone */
        const char *name;
        const char *args; /* for help */
        size_t min_args, max_args;
        enum argument_kind takes;
        const char *const *words; /* that the first one may be, ends with NULL; NULL: none is fixed */
        const char *const *keys;  /* "KEY=" of those behind the word set; likewise */
        enum option_set set; /* the request that it makes, whose options it takes */
        uint64_t options;    /* OPTION(...) that it takes besides those and the common ones */
        const struct columns *columns; /* of its table; NULL: it prints none, and takes no --output */
        bool runs_command; /* here: so not of another host */
        bool may_run_command; /* the same, of what stands behind "--", if there is any */
        bool here;            /* answered here, without a memctld: so not of another host */
        bool authorized;   /* memctld asks polkit for it, which may want a password */
        int (*run)(struct context *context);
        const char *help, *example;
};

struct verbs {
        const struct verb *items;
        size_t n;
};

/* All options that go with the verb, as bits. */
uint64_t verb_options(const struct verb *verb);

/* The verb of that noun (or NULL) and name; NULL: there is none. */
const struct verb *verb_find(const struct verbs *verbs, const char *noun, const char *name);

bool verb_is_noun(const struct verbs *verbs, const char *word);

/*
 * The verb that words ask for; *ret_used are those that name it. 0, or -EINVAL: there is no such verb, and
 * it was said.
 */
int verb_choose(const struct verbs *verbs, char **words, size_t n, const struct verb **ret,
                size_t *ret_used);

/* Whether it takes so many arguments; 0, or -EINVAL, and it was said. */
int verb_check_arguments(const struct verb *verb, size_t n);

#endif
