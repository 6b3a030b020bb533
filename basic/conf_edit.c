/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/conf_edit.h"

#include "basic/cleanup.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLANKS " \t"

/* A line without its end. */
struct line {
        const char *text;
        size_t size;
};

static bool next_line(const char **rest, struct line *ret)
{
        if (!**rest)
                return false;
        *ret = (struct line){ *rest, strcspn(*rest, "\n") };
        *rest += ret->size + ((*rest)[ret->size] == '\n');
        return true;
}

static struct line strip(struct line line)
{
        while (line.size > 0 && strchr(BLANKS, line.text[0]))
                line = (struct line){ line.text + 1, line.size - 1 };
        while (line.size > 0 && strchr(BLANKS, line.text[line.size - 1]))
                line.size--;
        return line;
}

static bool is_text(struct line line, const char *text)
{
        line = strip(line);
        return line.size == strlen(text) && memcmp(line.text, text, line.size) == 0;
}

static bool is_heading(struct line line)
{
        line = strip(line);
        return line.size >= 2 && line.text[0] == '[' && line.text[line.size - 1] == ']';
}

static bool is_section(struct line line, const char *section)
{
        line = strip(line);
        return is_heading(line) && is_text((struct line){ line.text + 1, line.size - 2 }, section);
}

static bool is_key(struct line line, const char *key)
{
        const char *equals = memchr(line.text, '=', line.size);

        return equals && is_text((struct line){ line.text, (size_t) (equals - line.text) }, key);
}

/* Where it goes, counted in lines: the key's last line, or behind that one. */
struct where {
        size_t key;     /* SIZE_MAX: the section has none of that key */
        size_t section; /* the section's last line that is not blank; SIZE_MAX: there is no such section */
};

static struct where find(const char *text, const char *section, const char *key)
{
        struct where where = { SIZE_MAX, SIZE_MAX };
        struct line line;
        bool inside = false;

        for (size_t i = 0; next_line(&text, &line); i++) {
                if (is_heading(line))
                        inside = is_section(line, section);
                if (!inside || strip(line).size == 0)
                        continue;
                where.section = i;
                if (is_key(line, key))
                        where.key = i;
        }
        return where;
}

static void put(FILE *f, const char *text, const char *section, const char *key, const char *value)
{
        const struct where where = find(text, section, key);
        struct line line;
        bool inside = false;

        for (size_t i = 0; next_line(&text, &line); i++) {
                if (is_heading(line))
                        inside = is_section(line, section);
                if (i == where.key && value)
                        (void) fprintf(f, "%s=%s\n", key, value);
                else if (value || !inside || !is_key(line, key))
                        (void) fprintf(f, "%.*s\n", (int) line.size, line.text);
                if (value && i == where.section && where.key == SIZE_MAX)
                        (void) fprintf(f, "%s=%s\n", key, value);
        }
        if (value && where.section == SIZE_MAX)
                (void) fprintf(f, "[%s]\n%s=%s\n", section, key, value);
}

char *conf_edit(const char *text, const char *section, const char *key, const char *value)
{
        char *edited = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&edited, &size);

        if (!f)
                return NULL;
        put(f, text, section, key, value);
        if (fclose(f) != 0) {
                free(edited);
                return NULL;
        }
        return edited;
}
