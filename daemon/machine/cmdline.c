/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/cmdline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

bool cmdline_next(const char *text, size_t size, size_t *at, struct cmdline_word *ret)
{
        bool in_quotes = false, has_name = false;
        size_t i = *at;

        while (i < size && is_blank(text[i]))
                i++;
        *ret = (struct cmdline_word){ .start = i, .quoted = i < size && text[i] == '"' };
        for (; i < size && (in_quotes || !is_blank(text[i])); i++) {
                if (text[i] == '"')
                        in_quotes = !in_quotes;
                /* as for the kernel, a word that begins with "=" has no value */
                if (text[i] == '=' && !has_name && i > ret->start + ret->quoted) {
                        has_name = ret->has_value = true;
                        ret->name_end = i;
                }
        }
        ret->end = *at = i;
        ret->open = in_quotes;
        if (!has_name)
                ret->name_end = i;
        return ret->end > ret->start;
}

bool cmdline_word_is(const char *text, const struct cmdline_word *word, const char *name)
{
        size_t from = word->start + word->quoted, n = strlen(name);

        if (word->name_end - from != n)
                return false;
        for (size_t i = 0; i < n; i++) {
                char a = text[from + i] == '-' ? '_' : text[from + i];

                if (a != (name[i] == '-' ? '_' : name[i]))
                        return false;
        }
        return true;
}

bool cmdline_word_ends(const char *text, const struct cmdline_word *word)
{
        return word->end - word->start == 2 && memcmp(text + word->start, "--", 2) == 0;
}

bool cmdline_size(const char *text, const char **end, uint64_t *ret)
{
        static const char units[] = "KMGTPE";
        const char *unit;
        char *behind;
        uint64_t n;

        if (end)
                *end = text;
        if (*text < '0' || *text > '9')
                return false;
        errno = 0;
        n = strtoull(text, &behind, 0);
        if (errno != 0)
                return false;
        unit = *behind ? strchr(units, *behind >= 'a' ? *behind - 'a' + 'A' : *behind) : NULL;
        if (unit) {
                unsigned int shift = 10 * (unsigned int) (unit - units + 1);

                if (n > UINT64_MAX >> shift)
                        return false;
                n <<= shift;
                behind++;
        }
        if (end)
                *end = behind;
        *ret = n;
        return true;
}

/* The value without the quotes that the kernel takes away, cut off at size. */
static void copy_value(const char *text, const struct cmdline_word *word, char *buf, size_t size)
{
        size_t from = word->has_value ? word->name_end + 1 : word->end, to = word->end;
        bool quoted = word->quoted;

        if (from < to && text[from] == '"') {
                quoted = true;
                from++;
        }
        if (quoted && from < to && text[to - 1] == '"')
                to--;
        (void) snprintf(buf, size, "%.*s", (int) (to - from < size ? to - from : size), text + from);
}

static void parse_area(const char *value, struct cmdline_area *ret)
{
        struct cmdline_area area = { .given = true };
        const char *at;
        bool ok;

        (void) snprintf(area.text, sizeof(area.text), "%s", value);
        ok = cmdline_size(value, &at, &area.size);
        if (ok && *at == '@') {
                ok = cmdline_size(at + 1, &at, &area.start) && area.start <= UINT64_MAX - area.size;
                area.end = area.start + area.size;
                if (ok && *at == '-')
                        ok = cmdline_size(at + 1, &at, &area.end);
        }
        area.malformed = !ok || *at != '\0';
        *ret = area;
}

static void parse_word(const char *text, const struct cmdline_word *word, struct cmdline *ret)
{
        char value[128] = "";

        copy_value(text, word, value, sizeof(value));
        if (cmdline_word_is(text, word, "cma"))
                parse_area(value, &ret->cma);
        else if (cmdline_word_is(text, word, "cma_pernuma")) {
                ret->pernuma_given = true;
                ret->pernuma = 0;
                (void) cmdline_size(value, NULL, &ret->pernuma);
        } else if (cmdline_word_is(text, word, "numa_cma")) {
                ret->numa_given = true;
                memcpy(ret->numa, value, sizeof(ret->numa));
        } else if (cmdline_word_is(text, word, "hugetlb_cma")) {
                ret->hugetlb_given = true;
                memcpy(ret->hugetlb, value, sizeof(ret->hugetlb));
        }
}

void cmdline_parse(const char *text, struct cmdline *ret)
{
        size_t at = 0, size = strlen(text);
        struct cmdline_word word;

        *ret = (struct cmdline){ 0 };
        while (cmdline_next(text, size, &at, &word)) {
                if (cmdline_word_ends(text, &word))
                        break;
                parse_word(text, &word, ret);
        }
}

char *cmdline_format_size(uint64_t bytes, char buf[static CMDLINE_SIZE_MAX])
{
        static const char units[] = "KMG";
        unsigned int unit = 0;

        while (unit < sizeof(units) - 1 && bytes > 0 && bytes % 1024 == 0) {
                bytes /= 1024;
                unit++;
        }
        (void) snprintf(buf, CMDLINE_SIZE_MAX, "%" PRIu64 "%.*s", bytes, unit > 0,
                        units + unit - (unit > 0));
        return buf;
}
