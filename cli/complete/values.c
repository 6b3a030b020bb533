/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/values.h"

#include "cli/complete/names.h"
#include "cli/complete/served.h"

#include <ctype.h>
#include <string.h>

static void offer_words(const struct offer *offer, const char *const *words)
{
        for (size_t i = 0; words && words[i]; i++)
                (void) offer_word(offer, words[i], NULL);
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

void values_offer_option(const struct place *place, enum option_id id, const struct offer *offer)
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

void values_offer_argument(const struct place *place, const struct offer *offer)
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
