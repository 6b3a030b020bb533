/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/place.h"

#include <errno.h>
#include <string.h>

enum option_id place_option(const char *name, size_t n)
{
        for (enum option_id id = 0; id < _OPTION_MAX; id++)
                if (strlen(option_row(id)->name) == n && strncmp(option_row(id)->name, name, n) == 0)
                        return id;
        return _OPTION_MAX;
}

enum option_id place_letter(char letter)
{
        for (enum option_id id = 0; id < _OPTION_MAX; id++)
                if (letter && option_row(id)->letter == letter)
                        return id;
        return _OPTION_MAX;
}

static void give(struct place *place, enum option_id id, const char *value)
{
        place->given |= UINT64_C(1) << id;
        if (!option_takes_value(option_row(id)))
                return;
        place->awaited = value ? _OPTION_MAX : id;
        if (value && id == OPTION_ROOT)
                place->root = value;
        if (value && id == OPTION_HOST)
                place->host = value;
}

static void take_option(struct place *place, const char *word)
{
        if (word[1] == '-') {
                size_t n = strcspn(word + 2, "=");
                enum option_id id = place_option(word + 2, n);

                if (id < _OPTION_MAX)
                        give(place, id, word[2 + n] ? word + 2 + n + 1 : NULL);
                return;
        }
        for (const char *c = word + 1; *c; c++) {
                enum option_id id = place_letter(*c);

                if (id == _OPTION_MAX)
                        continue;
                give(place, id, c[1] ? c + 1 : NULL);
                if (option_takes_value(option_row(id)))
                        return;
        }
}

static void take_word(const struct verbs *verbs, struct place *place, char *word)
{
        if (place->verb)
                place->args[place->n_args++] = word;
        else if (!place->help && !place->noun && strcmp(word, "help") == 0)
                place->help = true;
        else if (!place->noun && verb_is_noun(verbs, word))
                place->noun = word;
        else {
                place->verb = verb_find(verbs, place->noun, word);
                place->lost = place->lost || !place->verb;
        }
}

int place_find(const struct verbs *verbs, char *const *words, size_t n, struct place *ret)
{
        struct place place = { .awaited = _OPTION_MAX };

        place.args = calloc(n + 1, sizeof(*place.args));
        if (!place.args)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                if (place.awaited < _OPTION_MAX) {
                        give(&place, place.awaited, words[i]);
                } else if (!place.command_begun && strcmp(words[i], "--") == 0) {
                        place.command_begun = true;
                        place.command = i + 1;
                } else if (!place.command_begun && words[i][0] == '-' && words[i][1])
                        take_option(&place, words[i]);
                else
                        take_word(verbs, &place, words[i]);
        *ret = place;
        return 0;
}
