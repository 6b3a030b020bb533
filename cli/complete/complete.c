/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/complete.h"

#include "cli/complete/names.h"
#include "cli/complete/offer.h"
#include "cli/complete/place.h"
#include "cli/complete/served.h"

#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#define LINE_MAX_ 128

static void offer_words(const struct offer *offer, const char *const *words)
{
        for (size_t i = 0; words && words[i]; i++)
                (void) offer_word(offer, words[i], NULL);
}

/* The verbs of a noun in a row, for people. */
static const char *verbs_of(const struct verbs *verbs, const char *noun, char line[static LINE_MAX_])
{
        size_t n = 0;

        line[0] = '\0';
        for (size_t i = 0; i < verbs->n && n < LINE_MAX_; i++) {
                const struct verb *verb = &verbs->items[i];

                if (verb->noun && strcmp(verb->noun, noun) == 0)
                        n += (size_t) snprintf(line + n, LINE_MAX_ - n, "%s%s", n ? ", " : "", verb->name);
        }
        return line;
}

static void offer_nouns_and_verbs(const struct verbs *verbs, const struct place *place,
                                  const struct offer *offer)
{
        const char *before = NULL;
        char line[LINE_MAX_];

        for (size_t i = 0; i < verbs->n; i++) {
                const struct verb *verb = &verbs->items[i];

                if (place->noun) {
                        if (verb->noun && strcmp(verb->noun, place->noun) == 0)
                                (void) offer_word(offer, verb->name, verb->help);
                } else if (!verb->noun)
                        (void) offer_word(offer, verb->name, verb->help);
                else if (!before || strcmp(before, verb->noun) != 0)
                        (void) offer_word(offer, verb->noun, verbs_of(verbs, verb->noun, line));
                before = verb->noun;
        }
        if (!place->noun && !place->help)
                (void) offer_word(offer, "help", "all verbs, or the options of one");
}

/* Those of the verb; before there is one, of all that it may become. */
static uint64_t options_here(const struct verbs *verbs, const struct place *place)
{
        uint64_t options = OPTIONS_COMMON;

        if (place->verb)
                return verb_options(place->verb);
        for (size_t i = 0; i < verbs->n && !place->help; i++)
                if (!place->noun || (verbs->items[i].noun && strcmp(verbs->items[i].noun, place->noun) == 0))
                        options |= verb_options(&verbs->items[i]);
        return options;
}

static void offer_options(const struct verbs *verbs, const struct place *place, const struct offer *offer)
{
        uint64_t options = options_here(verbs, place) & ~place->given;
        char text[32];

        for (enum option_id id = 0; id < _OPTION_MAX; id++) {
                (void) snprintf(text, sizeof(text), "--%s", option_row(id)->name);
                if (options >> id & 1)
                        (void) offer_word(offer, text, option_row(id)->help);
        }
}

/* Names separated by commas, the last of which is completed; by keys where it is in lower case. */
static void offer_columns(const struct columns *columns, struct offer offer)
{
        const char *comma = strrchr(offer.typed, ',');

        if (!columns)
                return;
        offer_keep(&offer, comma ? (size_t) (comma + 1 - offer.typed) : *offer.typed == '+');
        for (size_t i = 0; i < columns->n; i++) {
                const struct column *column = &columns->items[i];
                bool key = islower((unsigned char) *offer.typed) || strchr(column->heading, ' ');

                (void) offer_word(&offer, key ? column->key : column->heading, NULL);
        }
}

static void offer_values(const struct place *place, enum option_id id, const struct offer *offer)
{
        const struct cli_option *row = option_row(id);

        switch (row->completed_by) {
        case COMPLETED_BY_WORDS:
                offer_words(offer, option_words(row));
                return;
        case COMPLETED_BY_NODES:
                if (!place->host)
                        names_of_nodes(offer, place->root);
                return;
        case COMPLETED_BY_COLUMNS:
                offer_columns(place->verb ? place->verb->columns : NULL, *offer);
                return;
        case COMPLETED_BY_FILES:
                offer_ask(OFFER_FILES);
                return;
        case COMPLETED_BY_DIRECTORIES:
                offer_ask(OFFER_DIRECTORIES);
                return;
        case COMPLETED_BY_HOSTS:
                offer_ask(OFFER_HOSTS);
                return;
        case COMPLETED_BY_NOBODY:
                return;
        }
}

/* 32, 32-39, 32,36-39: the last number is completed. */
static void offer_ranges(const struct place *place, struct offer offer)
{
        const char *border = offer.typed + strlen(offer.typed);

        while (border > offer.typed && border[-1] != ',' && border[-1] != '-')
                border--;
        offer_keep(&offer, (size_t) (border - offer.typed));
        names_of_blocks(&offer, place->root);
}

static void offer_areas(const struct place *place, const struct offer *offer)
{
        if (place->root || !served_areas(offer))
                names_of_areas(offer, place->root);
}

static void offer_keys(const struct place *place, const struct offer *offer)
{
        bool any = false;

        if (strcmp(place->args[0], "set") != 0 || strchr(offer->typed, '='))
                return;
        for (size_t i = 0; place->verb->keys && place->verb->keys[i]; i++)
                any = offer_word(offer, place->verb->keys[i], NULL) || any;
        if (any)
                offer_ask(OFFER_NO_SPACE);
}

static void offer_arguments(const struct place *place, const struct offer *offer)
{
        const struct verb *verb = place->verb;
        bool first = place->n_args == 0, tree = place->root;

        if (verb->runs_command && !place->command_begun)
                (void) offer_word(offer, "--", "and the command to run");
        if (place->n_args >= verb->max_args)
                return;
        if (first)
                offer_words(offer, verb->words);
        else if (verb->keys)
                offer_keys(place, offer);
        if (place->host) /* ssh may ask for a password, or take its time */
                return;
        switch (verb->takes) {
        case ARGUMENT_RANGE_OR_DIMM:
                names_of_dimms(offer, place->root);
                /* fall through */
        case ARGUMENT_RANGE:
                offer_ranges(place, *offer);
                return;
        case ARGUMENT_DIMM:
                names_of_dimms(offer, place->root);
                return;
        case ARGUMENT_NODE:
                names_of_nodes(offer, place->root);
                return;
        case ARGUMENT_AREA:
                if (first)
                        offer_areas(place, offer);
                return;
        case ARGUMENT_JOB:
        case ARGUMENT_RUNNING_JOB:
                if (!tree)
                        served_jobs(offer, verb->takes == ARGUMENT_RUNNING_JOB);
                return;
        case ARGUMENT_PROVIDER:
                if (!tree)
                        served_providers(offer);
                return;
        case ARGUMENT_RESERVATION:
                if (!tree)
                        served_reservations(offer);
                return;
        case ARGUMENT_OTHER:
                return;
        }
}

/* "--name=..." or "-o...", with the value begun; _OPTION_MAX: no value is. *ret_kept: bytes before it. */
static enum option_id value_begun(const char *typed, size_t *ret_kept)
{
        size_t n = strcspn(typed, "=");
        enum option_id id = _OPTION_MAX;

        if (typed[0] != '-' || !typed[1])
                return id;
        if (typed[1] == '-' && typed[n]) {
                *ret_kept = n + 1;
                return place_option(typed + 2, n - 2);
        }
        *ret_kept = 2;
        if (typed[1] != '-' && typed[2])
                id = place_letter(typed[1]);
        return id < _OPTION_MAX && option_takes_value(option_row(id)) ? id : _OPTION_MAX;
}

static void offer_all(const struct verbs *verbs, const struct place *place, struct offer *offer)
{
        enum option_id id;
        size_t kept = 0;

        if (place->awaited < _OPTION_MAX)
                offer_values(place, place->awaited, offer);
        else if (place->command_begun && place->verb &&
                 (place->verb->runs_command || place->verb->may_run_command))
                offer_command(place->command);
        else if (!place->command_begun && (id = value_begun(offer->typed, &kept)) < _OPTION_MAX) {
                offer_keep(offer, kept);
                offer_values(place, id, offer);
        } else if (!place->command_begun && *offer->typed == '-' && !place->lost)
                offer_options(verbs, place, offer);
        else if (!place->lost && !place->verb)
                offer_nouns_and_verbs(verbs, place, offer);
        else if (!place->lost && !place->help)
                offer_arguments(place, offer);
}

static void on_late(int number)
{
        (void) number;
        _exit(EXIT_DONE);
}

/* A bus may answer late or never, and so may a file system. */
static void set_deadline(void)
{
        const struct itimerval late = { .it_value = { .tv_usec = COMPLETE_MSEC * 1000 } };
        const struct sigaction action = { .sa_handler = on_late };
        sigset_t set;

        /* whoever has started it may have blocked it */
        sigemptyset(&set);
        sigaddset(&set, SIGALRM);
        (void) sigprocmask(SIG_UNBLOCK, &set, NULL);
        if (sigaction(SIGALRM, &action, NULL) == 0)
                (void) setitimer(ITIMER_REAL, &late, NULL);
}

int complete(const struct verbs *verbs, char **words, size_t n)
{
        const char *typed = n > 0 ? words[n - 1] : "";
        struct place place;
        struct offer offer;

        set_deadline();
        if (place_find(verbs, words, n > 0 ? n - 1 : 0, &place) < 0)
                return EXIT_FAILED;
        offer = (struct offer){ .kept = typed, .typed = typed };
        offer.taken = place.args;
        offer.n_taken = place.n_args;
        offer_all(verbs, &place, &offer);
        free(place.args);
        return fflush(stdout) < 0 ? EXIT_FAILED : EXIT_DONE;
}
