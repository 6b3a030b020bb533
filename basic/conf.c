/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/conf.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "basic/quote.h"

#include <errno.h>
#include <string.h>

#define BLANKS " \t"

int conf_bad(const struct conf_place *place, const char *what, const char *accepted, char **message)
{
        char quoted[QUOTE_MAX];

        return fail(message, -EINVAL, "%s:%u: %s: accepted is %s", place->path, place->line,
                    quote(what, quoted), accepted);
}

/* Cuts off what is blank at both ends. */
static char *strip(char *text)
{
        size_t n;

        text += strspn(text, BLANKS);
        n = strlen(text);
        while (n > 0 && strchr(BLANKS, text[n - 1]))
                text[--n] = '\0';
        return text;
}

static int take_line(const struct conf_reader *reader, void *userdata, const struct conf_place *place,
                     char *line, char **message)
{
        char *name = strip(line), *value, *end;

        if (*name == '\0' || *name == '#' || *name == ';')
                return 0;
        if (*name == '[') {
                end = name + strlen(name) - 1;
                if (*end != ']')
                        return conf_bad(place, name, "KEY=VALUE, or a section in brackets", message);
                *end = '\0';
                return reader->section(userdata, place, strip(name + 1), message);
        }
        value = strchr(name, '=');
        if (!value)
                return conf_bad(place, name, "KEY=VALUE, or a section in brackets", message);
        *value++ = '\0';
        return reader->value(userdata, place, strip(name), strip(value), message);
}

int conf_read(const char *path, const char *text, size_t size, const struct conf_reader *reader,
              void *userdata, unsigned int *ret_lines, char **message)
{
        struct conf_place place = { .path = path };
        _cleanup_free_ char *copy = strndup(text, size);
        char *line, *rest = copy;
        int r = 0;

        if (!copy)
                return -ENOMEM;
        while (r >= 0 && (line = strsep(&rest, "\n"))) {
                /* the end of the last line is not another */
                if (!rest && *line == '\0')
                        break;
                place.line++;
                r = take_line(reader, userdata, &place, line, message);
        }
        if (r >= 0 && strlen(copy) < size && memchr(text, '\0', size))
                r = fail(message, -EINVAL, "%s:%u: accepted is text, and there is a NUL", path, place.line);
        if (r >= 0 && ret_lines)
                *ret_lines = place.line;
        return r;
}
