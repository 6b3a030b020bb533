/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/verb.h"

#include "cli/ask/nearest.h"
#include "cli/run/say.h"
#include "basic/quote.h"

#include <errno.h>
#include <string.h>

uint64_t verb_options(const struct verb *verb)
{
        uint64_t options = OPTIONS_COMMON | options_of_set(verb->set) | verb->options;

        if (verb->columns)
                options |= OPTION(OUTPUT) | OPTION(NO_HEADINGS) | OPTION(BYTES);
        return options;
}

const struct verb *verb_find(const struct verbs *verbs, const char *noun, const char *name)
{
        for (size_t i = 0; i < verbs->n; i++) {
                const struct verb *verb = &verbs->items[i];

                if (!noun != !verb->noun || strcmp(verb->name, name) != 0)
                        continue;
                if (!noun || strcmp(verb->noun, noun) == 0)
                        return verb;
        }
        return NULL;
}

bool verb_is_noun(const struct verbs *verbs, const char *word)
{
        for (size_t i = 0; i < verbs->n; i++)
                if (verbs->items[i].noun && strcmp(verbs->items[i].noun, word) == 0)
                        return true;
        return false;
}

/* noun: NULL for the first word, which may be a noun or a verb that stands alone. */
static int no_such_verb(const struct verbs *verbs, const char *noun, const char *word)
{
        struct nearest nearest = { .word = word };
        char quoted[QUOTE_MAX];

        for (size_t i = 0; i < verbs->n; i++) {
                const struct verb *verb = &verbs->items[i];

                if (!noun)
                        nearest_try(&nearest, verb->noun ? verb->noun : verb->name);
                else if (verb->noun && strcmp(verb->noun, noun) == 0)
                        nearest_try(&nearest, verb->name);
        }
        complain("usage", "%s: no such verb%s%s; %s%s%ssee memctl --help", quote(word, quoted),
                 noun ? " for " : "", noun ? noun : "", nearest.best ? "did you mean " : "",
                 nearest.best ? nearest.best : "", nearest.best ? "? " : "");
        return -EINVAL;
}

int verb_choose(const struct verbs *verbs, char **words, size_t n, const struct verb **ret, size_t *ret_used)
{
        const char *noun = NULL, *name;
        size_t used = 1;

        if (n == 0) {
                complain("usage", "nothing is asked for; see memctl --help");
                return -EINVAL;
        }
        if (verb_is_noun(verbs, words[0])) {
                noun = words[0];
                used = 2;
                if (n == 1) {
                        complain("usage", "%s: what about it? see memctl help %s", noun, noun);
                        return -EINVAL;
                }
        }
        name = words[used - 1];
        *ret_used = used;
        *ret = verb_find(verbs, noun, name);
        return *ret ? 0 : no_such_verb(verbs, noun, name);
}

int verb_check_arguments(const struct verb *verb, size_t n)
{
        if (n >= verb->min_args && n <= verb->max_args)
                return 0;
        complain("usage", "accepted is: memctl %s%s%s%s%s", verb->noun ? verb->noun : "",
                 verb->noun ? " " : "", verb->name, *verb->args ? " " : "", verb->args);
        return -EINVAL;
}
