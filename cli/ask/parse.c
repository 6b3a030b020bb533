/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/parse.h"

#include "cli/ask/nearest.h"
#include "cli/run/say.h"
#include "basic/cleanup.h"
#include "basic/quote.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Short options have the value of their letter, long ones FIRST_LONG and their row. */
#define FIRST_LONG 256

struct table {
        struct option options[_OPTION_MAX + 1];
        char letters[2 * _OPTION_MAX + 3];
};

/* For getopt_long(). A ':' first: what is wrong is said here. */
static void make_table(struct table *table)
{
        char *letters = table->letters;

        *letters++ = ':';
        for (enum option_id id = 0; id < _OPTION_MAX; id++) {
                const struct cli_option *row = option_row(id);

                table->options[id] = (struct option){ .name = row->name, .val = FIRST_LONG + (int) id };
                table->options[id].has_arg = option_takes_value(row)  ? required_argument
                                             : row->kind == KIND_JSON ? optional_argument
                                                                      : no_argument;
                if (!row->letter)
                        continue;
                *letters++ = row->letter;
                if (option_takes_value(row))
                        *letters++ = ':';
        }
}

static enum option_id id_of(int c)
{
        if (c >= FIRST_LONG)
                return (enum option_id) (c - FIRST_LONG);
        for (enum option_id id = 0; id < _OPTION_MAX; id++)
                if (option_row(id)->letter == c)
                        return id;
        return _OPTION_MAX;
}

static void bad_letter(int letter)
{
        char text[] = { '-', (char) letter, '\0' }, quoted[QUOTE_MAX];

        complain("usage", "%s: no such option; see memctl --help", quote(text, quoted));
}

/* "--name", or "--name=value" of an option that takes none. */
static void bad_name(const char *argument)
{
        char name[64], quoted[QUOTE_MAX];
        struct nearest nearest = { .word = name };
        size_t n = strcspn(argument, "=");

        (void) snprintf(name, sizeof(name), "%.*s", (int) (n > 2 ? n - 2 : 0), n > 2 ? argument + 2 : "");
        for (enum option_id id = 0; id < _OPTION_MAX; id++) {
                if (strcmp(option_row(id)->name, name) == 0) {
                        complain("usage", "--%s takes no value", name);
                        return;
                }
                nearest_try(&nearest, option_row(id)->name);
        }
        complain("usage", "%s: no such option; %s%s%ssee memctl --help", quote(argument, quoted),
                 nearest.best ? "did you mean --" : "", nearest.best ? nearest.best : "",
                 nearest.best ? "? " : "");
}

/*
 * How many words are behind the "--" at which getopt_long() stopped, if it did: it has moved those before it
 * there, too. value: of the last option, which may be "--" itself.
 */
static size_t count_command(int argc, char **argv, char *const *before, const char *value)
{
        const char *last = argv[optind - 1];
        int i = 0;

        if (last == value || strcmp(last, "--") != 0)
                return 0;
        while (i < argc && before[i] != last)
                i++;
        return i < argc ? (size_t) (argc - i - 1) : 0;
}

/* Goes on after what is wrong: --json may come after it. */
static int take_options(int argc, char **argv, struct context *context, struct question *question,
                        uint64_t *given)
{
        _cleanup_free_ char **before = calloc((size_t) argc + 1, sizeof(*before));
        struct table table = { 0 };
        char quoted[QUOTE_MAX];
        const char *value = NULL;
        int c, r = 0;

        if (!before)
                return -ENOMEM;
        memcpy(before, argv, (size_t) argc * sizeof(*before));
        make_table(&table);
        opterr = 0;
        while ((c = getopt_long(argc, argv, table.letters, table.options, NULL)) >= 0) {
                enum option_id id = id_of(c == ':' ? optopt : c);

                value = optarg;
                if (c == ':' && r >= 0 && id < _OPTION_MAX)
                        complain("usage", "--%s: accepted is %s", option_row(id)->name,
                                 option_row(id)->accepted);
                else if (c == '?' && r >= 0 && optopt > 0 && optopt < FIRST_LONG)
                        bad_letter(optopt);
                else if (c == '?' && r >= 0)
                        bad_name(argv[optind - 1]);
                if (c == ':' || c == '?' || id == _OPTION_MAX) {
                        r = -EINVAL;
                        continue;
                }
                if (!option_take(id, optarg, context)) {
                        if (r >= 0)
                                complain("usage", "--%s %s: accepted is %s", option_row(id)->name,
                                         quote(optarg, quoted), option_row(id)->accepted);
                        r = -EINVAL;
                }
                *given |= UINT64_C(1) << id;
                if (id == OPTION_HELP && question->asked == ASKED_VERB)
                        question->asked = ASKED_HELP;
                if (id == OPTION_VERSION && question->asked == ASKED_VERB)
                        question->asked = ASKED_VERSION;
        }
        context->n_command = count_command(argc, argv, before, value);
        return r;
}

static int check_options(const struct verb *verb, uint64_t given)
{
        for (enum option_id id = 0; id < _OPTION_MAX; id++)
                if (given & ~verb_options(verb) & UINT64_C(1) << id) {
                        complain("usage", "--%s does not go with %s%s%s", option_row(id)->name,
                                 verb->noun ? verb->noun : "", verb->noun ? " " : "", verb->name);
                        return -EINVAL;
                }
        return 0;
}

static int check_columns(const struct verb *verb, struct context *context)
{
        char text[64], quoted[QUOTE_MAX], names[512] = "";
        const char *bad;
        size_t n_bad, n = 0;

        if (!context->columns || columns_choose(verb->columns, context->columns, context, &bad, &n_bad))
                return 0;
        (void) snprintf(text, sizeof(text), "%.*s", (int) n_bad, bad);
        for (size_t i = 0; i < verb->columns->n && n < sizeof(names); i++)
                n += (size_t) snprintf(names + n, sizeof(names) - n, "%s%s", i ? ", " : "",
                                       verb->columns->items[i].heading);
        complain("usage", "--output %s: accepted is %s", quote(text, quoted), names);
        return -EINVAL;
}

/* What goes over the bus is UTF-8, whatever this terminal speaks. */
static bool is_utf8(const char *text)
{
        locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0), before;
        bool good;

        if (!utf8)
                return true;
        before = uselocale(utf8);
        good = mbstowcs(NULL, text, 0) != (size_t) -1;
        (void) uselocale(before);
        freelocale(utf8);
        return good;
}

/* What a command of the user's gets goes to nobody else. */
static int check_text(const struct verb *verb, const struct context *context)
{
        size_t n = context->n_args - (verb->may_run_command ? context->n_command : 0);
        char quoted[QUOTE_MAX];

        if (verb->runs_command)
                return 0;
        for (size_t i = 0; i < n; i++)
                if (!is_utf8(context->args[i])) {
                        complain("usage", "%s: accepted is text in UTF-8", quote(context->args[i], quoted));
                        return -EINVAL;
                }
        return 0;
}

static int check_host(const struct verb *verb, const struct context *context)
{
        if (context->host && context->root) {
                complain("usage", "--host and --root do not go together");
                return -EINVAL;
        }
        if (context->host && !is_utf8(context->host)) {
                char quoted[QUOTE_MAX];

                complain("usage", "--host %s: accepted is text in UTF-8", quote(context->host, quoted));
                return -EINVAL;
        }
        if (context->host && verb->runs_command) {
                complain("usage",
                         "%s %s runs the command on this machine, and %s has LRU caches of its own: run "
                         "memctl there",
                         verb->noun, verb->name, context->host);
                return -EINVAL;
        }
        if (context->host && verb->here) {
                complain("usage", "%s is about the kernel of this machine: run memctl on %s", verb->name,
                         context->host);
                return -EINVAL;
        }
        if (context->host && verb->may_run_command && context->n_command > 0) {
                complain("usage",
                         "%s %s runs the command on this machine, and the memory is that of %s: run memctl "
                         "there",
                         verb->noun, verb->name, context->host);
                return -EINVAL;
        }
        if (context->root && context->run) {
                complain("usage", "--run tries what the running kernel does, and --root is not that");
                return -EINVAL;
        }
        if (context->root && context->no_block) {
                complain("usage",
                         "--no-block needs a memctld that goes on, and that of --root ends with memctl");
                return -EINVAL;
        }
        return 0;
}

/* Help of what the words name, as far as they do: what else they say is no matter. */
static int find_help(const struct verbs *verbs, char **words, size_t n, struct question *question)
{
        size_t used;

        question->asked = ASKED_HELP;
        if (n > 0 && strcmp(words[0], "help") == 0) {
                words++;
                n--;
        }
        if (n == 0)
                return 0;
        if (n == 1 && verb_is_noun(verbs, words[0])) {
                question->noun = words[0];
                return 0;
        }
        return verb_choose(verbs, words, n, &question->verb, &used);
}

int parse_command_line(int argc, char **argv, const struct verbs *verbs, struct context *context,
                       struct question *ret)
{
        uint64_t given = 0;
        char **words;
        size_t n, used;
        int r;

        *ret = (struct question){ .asked = ASKED_VERB };
        r = take_options(argc, argv, context, ret, &given);
        if (r < 0 || ret->asked == ASKED_VERSION)
                return r;
        words = argv + optind;
        n = (size_t) (argc - optind);
        if (ret->asked == ASKED_HELP || (n > 0 && strcmp(words[0], "help") == 0))
                return find_help(verbs, words, n, ret);

        r = verb_choose(verbs, words, n, &ret->verb, &used);
        if (r < 0)
                return r;
        context->args = words + used;
        context->n_args = n - used;
        if (context->n_command > context->n_args)
                context->n_command = context->n_args;
        r = verb_check_arguments(ret->verb, context->n_args);
        if (r >= 0)
                r = check_options(ret->verb, given);
        if (r >= 0)
                r = check_columns(ret->verb, context);
        if (r >= 0)
                r = check_host(ret->verb, context);
        return r < 0 ? r : check_text(ret->verb, context);
}
