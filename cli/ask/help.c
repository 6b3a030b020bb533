/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/help.h"

#include <stdio.h>
#include <string.h>

#define WIDTH  80
#define INDENT 28

/* Words, broken at spaces; the line has `used` columns already. */
static void put_wrapped(const char *text, size_t indent, size_t used)
{
        while (*text) {
                size_t n = strcspn(text, " ");

                if (used > indent && used + 1 + n > WIDTH) {
                        (void) printf("\n%*s", (int) indent, "");
                        used = indent;
                } else if (used > indent) {
                        (void) putchar(' ');
                        used++;
                }
                (void) printf("%.*s", (int) n, text);
                used += n;
                text += n + strspn(text + n, " ");
        }
        (void) putchar('\n');
}

/* "  what   text", with the text on a line of its own where what is long. */
static void put_entry(const char *what, const char *text)
{
        size_t n = strlen(what) + 2;

        (void) printf("  %s", what);
        if (n + 1 > INDENT)
                (void) printf("\n%*s", INDENT, "");
        else
                (void) printf("%*s", (int) (INDENT - n), "");
        put_wrapped(text, INDENT, INDENT);
}

static void put_option(enum option_id id)
{
        const struct cli_option *row = option_row(id);
        bool optional = row->kind == KIND_JSON;
        char what[64], letter[] = { '-', row->letter, ',', ' ', '\0' };

        (void) snprintf(what, sizeof(what), "%s--%s%s%s", row->letter ? letter : "    ", row->name,
                        row->value && !optional ? " " : "", row->value ? row->value : "");
        put_entry(what, row->help);
}

static void put_options(uint64_t options)
{
        for (enum option_id id = 0; id < _OPTION_MAX; id++)
                if (options >> id & 1)
                        put_option(id);
}

static void put_verbs(const struct verbs *verbs, const char *noun)
{
        for (size_t i = 0; i < verbs->n; i++) {
                const struct verb *verb = &verbs->items[i];
                char what[128];

                if (noun && (!verb->noun || strcmp(verb->noun, noun) != 0))
                        continue;
                (void) snprintf(what, sizeof(what), "%s%s%s%s%s", verb->noun ? verb->noun : "",
                                verb->noun ? " " : "", verb->name, *verb->args ? " " : "", verb->args);
                put_entry(what, verb->help);
        }
}

static void put_arguments(void)
{
        (void) puts("A RANGE is 32, 32-39 or 0x100000000-0x13fffffff, or several separated by\n"
                    "commas. A DIMM is named as dimm list shows it: PNP0C80:00; a NODE by its number.");
}

void help_all(const struct verbs *verbs)
{
        (void) puts("memctl [OPTION...] VERB [ARGUMENT...]\n\nVerbs:");
        put_verbs(verbs, NULL);
        put_entry("help [VERB]", "this, or one verb: its own options, an example");
        (void) putchar('\n');
        put_arguments();
        (void) puts("\nOptions, before or after the verb:");
        put_options(OPTIONS_COMMON);
        (void) puts("\nOptions of some verbs; memctl help VERB says of which:");
        put_options(~OPTIONS_COMMON);
        (void) puts("\n"
                    "Exit status: 0 done, 1 failed and all put back, 2 usage, 3 refused with nothing\n"
                    "touched, 4 not authorised, 5 no service, 6 no such thing, 7 busy, 64 partly done\n"
                    "(--partial), 65 failed and not all could be put back.");
}

void help_noun(const struct verbs *verbs, const char *noun)
{
        (void) printf("memctl [OPTION...] %s VERB [ARGUMENT...]\n\nVerbs:\n", noun);
        put_verbs(verbs, noun);
        (void) printf("\nmemctl help %s VERB has the options of one.\n", noun);
}

static void put_columns(const struct columns *columns)
{
        char names[1024] = "Columns:";
        size_t n = strlen(names);

        for (size_t i = 0; i < columns->n && n < sizeof(names); i++)
                n += (size_t) snprintf(names + n, sizeof(names) - n, " %s%s", columns->items[i].heading,
                                       columns->items[i].extra ? "*" : "");
        (void) putchar('\n');
        put_wrapped(names, 0, 0);
        (void) puts("(* only where --output names it)");
}

void help_verb(const struct verb *verb)
{
        uint64_t own = verb_options(verb) & ~OPTIONS_COMMON;

        (void) printf("memctl %s%s%s%s%s%s\n\n", verb->noun ? verb->noun : "", verb->noun ? " " : "",
                      verb->name, own ? " [OPTION...]" : "", *verb->args ? " " : "", verb->args);
        put_wrapped(verb->help, 0, 0);
        if (strstr(verb->args, "RANGE") || strstr(verb->args, "DIMM") || strstr(verb->args, "NODE")) {
                (void) putchar('\n');
                put_arguments();
        }
        if (own) {
                (void) puts("\nOptions:");
                put_options(own);
        }
        (void) puts("\nOptions of all verbs:");
        put_options(OPTIONS_COMMON);
        if (verb->columns)
                put_columns(verb->columns);
        (void) printf("\nExample:\n  %s\n", verb->example);
}
