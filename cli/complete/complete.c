/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/complete.h"

#include "cli/complete/offer.h"
#include "cli/complete/place.h"
#include "cli/complete/values.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>

#define LINE_MAX_ 128

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
                values_offer_option(place, place->awaited, offer);
        else if (place->command_begun && place->verb &&
                 (place->verb->runs_command || place->verb->may_run_command))
                offer_command(place->command);
        else if (!place->command_begun && (id = value_begun(offer->typed, &kept)) < _OPTION_MAX) {
                offer_keep(offer, kept);
                values_offer_option(place, id, offer);
        } else if (!place->command_begun && *offer->typed == '-' && !place->lost)
                offer_options(verbs, place, offer);
        else if (!place->lost && !place->verb)
                offer_nouns_and_verbs(verbs, place, offer);
        else if (!place->lost && !place->help)
                values_offer_argument(place, offer);
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
