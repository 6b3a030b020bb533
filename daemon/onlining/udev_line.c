/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/udev_line.h"

#include <string.h>

#define BLANKS " \t\r"

/* An operator at the front of a text, and how long it is; 0: there is none. */
static size_t read_operator(const char *text, enum udev_operator *ret)
{
        static const struct {
                const char *text;
                enum udev_operator operator;
        } all[] = {
                { "==", UDEV_MATCH },  { "!=", UDEV_NO_MATCH }, { ":=", UDEV_ASSIGN },
                { "+=", UDEV_CHANGE }, { "-=", UDEV_CHANGE },   { "=", UDEV_ASSIGN },
        };

        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
                if (strncmp(text, all[i].text, strlen(all[i].text)) == 0) {
                        *ret = all[i].operator;
                        return strlen(all[i].text);
                }
        return 0;
}

/* What stands between double quotes, where \" is one of its own; the text goes on behind it. */
static char *read_value(char **text)
{
        char *from, *to, *value;

        *text += strspn(*text, BLANKS);
        if ((**text == 'e' || **text == 'i') && (*text)[1] == '"') /* escapes; no matter in which case */
                (*text)++;
        if (**text != '"')
                return NULL;
        value = to = from = *text + 1;
        while (*from && *from != '"') {
                if (from[0] == '\\' && from[1] == '"')
                        from++;
                *to++ = *from++;
        }
        if (*from != '"')
                return NULL;
        *to = '\0';
        *text = from + 1;
        return value;
}

/* The key's name ends in place, and so does its attribute. */
static bool read_part(char **text, struct udev_part *ret)
{
        char *key = *text, *brace, *end = key + strcspn(key, "=!+-:{ \t");
        size_t n;

        if (end == key)
                return false;
        ret->key = key;
        ret->attribute = "";
        *text = end;
        if (*end == '{') {
                brace = strchr(end, '}');
                if (!brace)
                        return false;
                *end = *brace = '\0';
                ret->attribute = end + 1;
                *text = brace + 1;
        }
        *text += strspn(*text, BLANKS);
        n = read_operator(*text, &ret->operator);
        if (n == 0)
                return false;
        *text += n;
        *end = '\0'; /* now that the operator is read */
        ret->value = read_value(text);
        return ret->value != NULL;
}

bool udev_line_split(char *line, struct udev_line *ret)
{
        ret->n = 0;
        for (;;) {
                line += strspn(line, BLANKS ",");
                if (!*line)
                        return ret->n > 0;
                if (ret->n == UDEV_PARTS_MAX || !read_part(&line, &ret->parts[ret->n++]))
                        return false;
        }
}

const struct udev_part *udev_line_find(const struct udev_line *line, const char *key)
{
        for (size_t i = 0; i < line->n; i++)
                if (strcmp(line->parts[i].key, key) == 0)
                        return &line->parts[i];
        return NULL;
}

/* Cuts the text behind its first line, and returns that. */
static char *cut_line(char **at, unsigned int *line)
{
        char *text = *at, *end = text + strcspn(text, "\n");

        (*line)++;
        *at = *end ? end + 1 : end;
        *end = '\0';
        return text;
}

static bool goes_on(const char *line)
{
        size_t n = strlen(line);

        return n > 0 && line[n - 1] == '\\';
}

char *udev_text_line(char **at, unsigned int *line, unsigned int *ret_number)
{
        while (**at) {
                char *text = cut_line(at, line), *end;

                *ret_number = *line;
                text += strspn(text, BLANKS);
                if (*text == '\0' || *text == '#')
                        continue;
                while (goes_on(text) && **at) {
                        char *next = cut_line(at, line);

                        end = text + strlen(text) - 1;
                        if (next[strspn(next, BLANKS)] == '#') /* a comment in between */
                                next += strlen(next) - (goes_on(next) ? 1 : 0);
                        memmove(end, next, strlen(next) + 1);
                }
                return text;
        }
        return NULL;
}
