/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a word may become, for a shell: a line each on stdout, "WORD", or "WORD", a tab and a few words about
 * it. A line that begins with a tab asks the shell for what it knows best. cli/completions/ reads them.
 */
#ifndef MEMCTL_CLI_COMPLETE_OFFER_H
#define MEMCTL_CLI_COMPLETE_OFFER_H

#include <stdbool.h>
#include <stddef.h>

struct offer {
        const char *kept;   /* of the word, what stands before the part that is completed */
        size_t n_kept;      /* bytes of it */
        const char *typed;  /* that part, as far as it was typed */
        char *const *taken; /* words that were given before, and are not offered again */
        size_t n_taken;
};

/* What the shell is asked for: names of files, of directories, of hosts; that no space follows the word. */
#define OFFER_FILES       "files"
#define OFFER_DIRECTORIES "directories"
#define OFFER_HOSTS       "hosts"
#define OFFER_NO_SPACE    "nospace"

/* Moves the border: the first n bytes of typed are kept, too. */
void offer_keep(struct offer *offer, size_t n);

/*
 * Offers the text if it begins as typed. Names of a machine may be anything: one with a byte that means
 * something to a shell is not offered. about: for people, or NULL. Whether it was offered.
 */
bool offer_word(const struct offer *offer, const char *text, const char *about);

/* Asks the shell for one of the above. */
void offer_ask(const char *what);

/* Has the shell complete the command that begins with the word of that index, 0: the first behind memctl. */
void offer_command(size_t index);

#endif
