/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/offer.h"

#include <stdio.h>
#include <string.h>

#define SAFE                                                                                                \
        "abcdefghijklmnopqrstuvwxyz"                                                                        \
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                                                        \
        "0123456789_-+.,:=@/"

void offer_keep(struct offer *offer, size_t n)
{
        offer->n_kept += n;
        offer->typed += n;
}

bool offer_word(const struct offer *offer, const char *text, const char *about)
{
        if (*text == '\0' || text[strspn(text, SAFE)] != '\0' ||
            strncmp(text, offer->typed, strlen(offer->typed)) != 0)
                return false;
        for (size_t i = 0; i < offer->n_taken; i++)
                if (strcmp(offer->taken[i], text) == 0)
                        return false;
        (void) printf("%.*s%s%s%s\n", (int) offer->n_kept, offer->kept, text, about ? "\t" : "",
                      about ? about : "");
        return true;
}

void offer_ask(const char *what)
{
        (void) printf("\t%s\n", what);
}

void offer_command(size_t index)
{
        (void) printf("\tcommand %zu\n", index);
}
