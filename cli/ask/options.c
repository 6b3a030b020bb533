/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/options.h"

#include "basic/quote.h"
#include "cli/ask/argument.h"
#include "cli/ask/verb.h"
#include "cli/say.h"
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum kind {
        KIND_FLAG,    /* bool, takes no value */
        KIND_TEXT,    /* const char *, not "" */
        KIND_WORD,    /* const char *, one of words */
        KIND_NODE,    /* int */
        KIND_SECONDS, /* uint64_t, as the next three */
        KIND_PAUSE,
        KIND_SIZE,
        KIND_RATE,
        KIND_JSON, /* its value may be left out */
        KIND_HELP,
        KIND_VERSION,
};

#define WORDS_MAX 4

struct row {
        const char *name;
        unsigned int verbs; /* OPTION_*: only some take it; 0: all do */
        enum kind kind;
        size_t offset; /* in struct context */
        const char *accepted;
        const char *words[WORDS_MAX];
};

#define FIELD(field) offsetof(struct context, field)

static const struct row rows[] = {
        { "json", 0, KIND_JSON, FIELD(output), "pretty or short", { 0 } },
        { "host", 0, KIND_TEXT, FIELD(host), "[USER@]HOST", { 0 } },
        { "root", 0, KIND_TEXT, FIELD(root), "the name of a directory", { 0 } },
        { "eject", OPTION_EJECT, KIND_FLAG, FIELD(eject), NULL, { 0 } },
        { "force", OPTION_FORCE, KIND_FLAG, FIELD(force), NULL, { 0 } },
        { "partial", OPTION_PARTIAL, KIND_FLAG, FIELD(partial), NULL, { 0 } },
        { "swap", OPTION_SWAP, KIND_FLAG, FIELD(swap), NULL, { 0 } },
        { "resume", OPTION_RESUME, KIND_FLAG, FIELD(resume), NULL, { 0 } },
        { "failing", OPTION_FAILING, KIND_FLAG, FIELD(failing), NULL, { 0 } },
        { "no-color", OPTION_NO_COLOR, KIND_FLAG, FIELD(no_color), NULL, { 0 } },
        { "timeout",
          OPTION_TIMEOUT,
          KIND_SECONDS,
          FIELD(timeout_usec),
          "a number of seconds above 0 and up to 604800 (a week), like 90 or 2.5",
          { 0 } },
        { "max-pause",
          OPTION_MAX_PAUSE,
          KIND_PAUSE,
          FIELD(max_pause_usec),
          "a time from 1ms to 10s, like 5ms, 1500us or 0.5s",
          { 0 } },
        { "rate",
          OPTION_RATE,
          KIND_RATE,
          FIELD(rate),
          "an amount of memory a second, at least 1MiB, like 100M or 1GiB/s",
          { 0 } },
        { "cache", OPTION_CACHE, KIND_WORD, FIELD(cache), "auto, drop or keep", { "auto", "drop", "keep" } },
        { "stuck",
          OPTION_STUCK,
          KIND_WORD,
          FIELD(stuck),
          "roll-back, skip or wait",
          { "roll-back", "skip", "wait" } },
        { "zone", OPTION_ZONE, KIND_WORD, FIELD(zone), "movable or kernel", { "movable", "kernel" } },
        { "size",
          OPTION_SIZE,
          KIND_SIZE,
          FIELD(size),
          "an amount of memory above 0, like 4G, 512MiB or 1073741824",
          { 0 } },
        { "node", OPTION_NODE, KIND_NODE, FIELD(node), "the number of a NUMA node", { 0 } },
        { "to-node", OPTION_TO_NODE, KIND_NODE, FIELD(to_node), "the number of a NUMA node", { 0 } },
        { "by",
          OPTION_BY,
          KIND_WORD,
          FIELD(by),
          "owner, block, node or order",
          { "owner", "block", "node", "order" } },
        { "svg", OPTION_SVG, KIND_TEXT, FIELD(svg), "the name of a file", { 0 } },
        { "help", 0, KIND_HELP, 0, NULL, { 0 } },
        { "version", 0, KIND_VERSION, 0, NULL, { 0 } },
};

static bool take_json(const char *value, enum output *ret)
{
        if (!value || strcmp(value, "pretty") == 0)
                *ret = OUTPUT_JSON_PRETTY;
        else if (strcmp(value, "short") == 0)
                *ret = OUTPUT_JSON_SHORT;
        else
                return false;
        return true;
}

static bool take_word(const struct row *row, const char *value, const char **ret)
{
        for (size_t i = 0; i < WORDS_MAX && row->words[i]; i++)
                if (strcmp(row->words[i], value) == 0) {
                        *ret = row->words[i];
                        return true;
                }
        return false;
}

/* False: the value is not what is accepted. */
static bool take_value(const struct row *row, const char *value, struct context *context)
{
        void *field = (char *) context + row->offset;

        switch (row->kind) {
        case KIND_FLAG:
                *(bool *) field = true;
                return true;
        case KIND_TEXT:
                *(const char **) field = value;
                return *value != '\0';
        case KIND_WORD:
                return take_word(row, value, field);
        case KIND_NODE:
                return argument_node(value, field);
        case KIND_SECONDS:
                return argument_seconds(value, field);
        case KIND_PAUSE:
                return argument_pause(value, field);
        case KIND_SIZE:
                return argument_size(value, field);
        case KIND_RATE:
                return argument_rate(value, field);
        case KIND_JSON:
                return take_json(value, field);
        default:
                return true;
        }
}

static int takes_argument(enum kind kind)
{
        switch (kind) {
        case KIND_FLAG:
        case KIND_HELP:
        case KIND_VERSION:
                return no_argument;
        case KIND_JSON:
                return optional_argument;
        default:
                return required_argument;
        }
}

/* Short options have the value of their letter, long ones FIRST_LONG and their row. */
#define FIRST_LONG 256

static const struct row *find_row(int option)
{
        if (option >= FIRST_LONG)
                return &rows[option - FIRST_LONG];
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if ((option == 'H' && strcmp(rows[i].name, "host") == 0) ||
                    (option == 'h' && rows[i].kind == KIND_HELP))
                        return &rows[i];
        return NULL; /* getopt_long() said what it thinks of it */
}

/* 1: go on; 0: help or version was printed; -EINVAL. */
static int take_options(int argc, char **argv, struct context *context, unsigned int *given)
{
        struct option table[ELEMENTSOF(rows) + 1] = { 0 };
        char quoted[QUOTE_MAX];
        int c;

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                table[i] = (struct option){ .name = rows[i].name,
                                            .has_arg = takes_argument(rows[i].kind),
                                            .val = FIRST_LONG + (int) i };

        while ((c = getopt_long(argc, argv, "H:h", table, NULL)) >= 0) {
                const struct row *row = find_row(c);

                if (!row)
                        return -EINVAL;
                if (row->kind == KIND_HELP) {
                        verb_help();
                        return 0;
                }
                if (row->kind == KIND_VERSION) {
                        (void) puts("memctl " MEMCTL_VERSION);
                        return 0;
                }
                if (!take_value(row, optarg, context)) {
                        say("--%s %s: accepted is %s", row->name, quote(optarg, quoted), row->accepted);
                        return -EINVAL;
                }
                *given |= row->verbs;
        }
        return 1;
}

static int check_options(const struct verb *verb, unsigned int given)
{
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (given & rows[i].verbs & ~verb->options) {
                        say("--%s does not go with %s%s%s", rows[i].name, verb->noun ? verb->noun : "",
                            verb->noun ? " " : "", verb->name);
                        return -EINVAL;
                }
        return 0;
}

/* What goes over the bus is UTF-8, whatever this terminal speaks. What a command of the user's gets goes to nobody else. */
static int check_text(const struct verb *verb, const struct context *context)
{
        char quoted[QUOTE_MAX];
        locale_t utf8, before;
        size_t bad = 0;

        if (verb->options & RUNS_COMMAND)
                return 0;
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);
        if (!utf8)
                return 0;
        before = uselocale(utf8);
        while (bad < context->n_args && mbstowcs(NULL, context->args[bad], 0) != (size_t) -1)
                bad++;
        (void) uselocale(before);
        freelocale(utf8);
        if (bad == context->n_args)
                return 0;
        say("%s: accepted is text in UTF-8", quote(context->args[bad], quoted));
        return -EINVAL;
}

int options_parse(int argc, char **argv, struct context *context, const struct verb **ret)
{
        unsigned int given = 0;
        int r;

        r = take_options(argc, argv, context, &given);
        if (r <= 0)
                return r;
        if (context->host && context->root) {
                say("--host and --root do not go together");
                return -EINVAL;
        }

        r = verb_choose(argv + optind, (size_t) (argc - optind), context, ret);
        if (r >= 0)
                r = check_options(*ret, given);
        if (r >= 0 && context->host && ((*ret)->options & RUNS_COMMAND)) {
                say("%s %s runs the command on this machine, and %s has LRU caches of its own: run memctl "
                    "there",
                    (*ret)->noun, (*ret)->name, context->host);
                return -EINVAL;
        }
        if (r >= 0)
                r = check_text(*ret, context);
        return r < 0 ? r : 1;
}
