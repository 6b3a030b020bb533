/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/column.h"

#include <string.h>
#include <strings.h>

static bool is_named(const char *name, const char *text, size_t n)
{
        return n > 0 && strlen(name) == n && strncasecmp(name, text, n) == 0;
}

static size_t find(const struct columns *columns, const char *text, size_t n)
{
        for (size_t i = 0; i < columns->n; i++)
                if (is_named(columns->items[i].heading, text, n) || is_named(columns->items[i].key, text, n))
                        return i;
        return columns->n;
}

static void choose_shown(const struct columns *columns, struct context *context)
{
        for (size_t i = 0; i < columns->n; i++)
                if (!columns->items[i].extra)
                        context->chosen[context->n_chosen++] = (unsigned char) i;
}

bool columns_choose(const struct columns *columns, const char *text, struct context *context,
                    const char **bad, size_t *n_bad)
{
        context->n_chosen = 0;
        if (*text == '+') {
                choose_shown(columns, context);
                text++;
        }
        for (;;) {
                size_t n = strcspn(text, ","), index = find(columns, text, n);

                *bad = text;
                *n_bad = n;
                if (index == columns->n || context->n_chosen == COLUMNS_MAX)
                        return false;
                context->chosen[context->n_chosen++] = (unsigned char) index;
                if (text[n] == '\0')
                        return true;
                text += n + 1;
        }
}

size_t columns_shown(const struct context *context, const struct columns *columns,
                     struct column ret[static COLUMNS_MAX])
{
        size_t n = 0;

        for (size_t i = 0; i < context->n_chosen; i++)
                ret[n++] = columns->items[context->chosen[i]];
        for (size_t i = 0; context->n_chosen == 0 && i < columns->n; i++)
                if (!columns->items[i].extra)
                        ret[n++] = columns->items[i];
        return n;
}
