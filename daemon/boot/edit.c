/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/edit.h"

#include "basic/cleanup.h"
#include "daemon/machine/cmdline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Parameters of one request; boot_size() makes four at most. */
#define PARAMETERS_MAX 8

struct parameters {
        const char *text;
        struct cmdline_word words[PARAMETERS_MAX];
        bool put[PARAMETERS_MAX];
        size_t n;
};

static void parameters_read(struct parameters *parameters, const char *text)
{
        size_t at = 0;

        *parameters = (struct parameters){ .text = text };
        while (parameters->n < PARAMETERS_MAX &&
               cmdline_next(text, strlen(text), &at, &parameters->words[parameters->n]))
                parameters->n++;
}

static size_t find(const struct parameters *parameters, const char *line, const struct cmdline_word *word)
{
        for (size_t i = 0; i < parameters->n; i++) {
                const struct cmdline_word *wanted = &parameters->words[i];
                char name[64];

                (void) snprintf(name, sizeof(name), "%.*s", (int) (wanted->name_end - wanted->start),
                                parameters->text + wanted->start);
                if (cmdline_word_is(line, word, name))
                        return i;
        }
        return parameters->n;
}

static void put_word(FILE *f, const struct parameters *parameters, size_t i)
{
        const struct cmdline_word *word = &parameters->words[i];

        (void) fwrite(parameters->text + word->start, 1, word->end - word->start, f);
}

/* Those that had no place yet; anything is whether something stands before them. */
static void put_rest(FILE *f, struct parameters *parameters, bool anything, bool behind)
{
        for (size_t i = 0; i < parameters->n; i++) {
                if (parameters->put[i])
                        continue;
                parameters->put[i] = true;
                if (anything && !behind)
                        (void) fputc(' ', f);
                put_word(f, parameters, i);
                if (behind)
                        (void) fputc(' ', f);
                anything = true;
        }
}

/* False: a quote is not closed, and what is added would be within it. */
static bool edit(FILE *f, const char *line, size_t size, struct parameters *parameters, bool add)
{
        size_t at = 0, from = 0;
        struct cmdline_word word;
        bool anything = false;

        while (cmdline_next(line, size, &at, &word)) {
                size_t i;

                if (word.open)
                        return false;
                if (cmdline_word_ends(line, &word)) {
                        (void) fwrite(line + from, 1, word.start - from, f);
                        from = word.start;
                        if (add)
                                put_rest(f, parameters, anything, true);
                        break;
                }
                i = find(parameters, line, &word);
                if (i == parameters->n) {
                        (void) fwrite(line + from, 1, word.end - from, f);
                        anything = true;
                } else if (add && !parameters->put[i]) {
                        (void) fwrite(line + from, 1, word.start - from, f);
                        put_word(f, parameters, i);
                        parameters->put[i] = anything = true;
                } else if (from == 0) /* what stood before the first word stays */
                        (void) fwrite(line, 1, word.start, f);
                from = word.end;
        }
        if (add)
                put_rest(f, parameters, anything, false);
        (void) fwrite(line + from, 1, size - from, f);
        return true;
}

int edit_command_line(const char *line, size_t size, const char *text, bool add, struct edited *ret)
{
        struct parameters parameters;
        FILE *f;
        int r;

        *ret = (struct edited){ .lines = add };
        parameters_read(&parameters, text);
        f = open_memstream(&ret->text, &ret->size);
        if (!f)
                return -ENOMEM;
        r = edit(f, line, size, &parameters, add) ? 0 : -EBADMSG;
        if (fclose(f) != 0)
                r = -ENOMEM;
        else if (r >= 0 && ret->size >= CMDLINE_MAX)
                r = -E2BIG;
        if (r < 0) {
                free(ret->text);
                *ret = (struct edited){ 0 };
        }
        return r;
}

/* Where the command line in it begins; size: it has none. */
static size_t find_value(const char *line, size_t size, const char *keyword)
{
        size_t indent = 0, n;

        while (indent < size && (line[indent] == ' ' || line[indent] == '\t'))
                indent++;
        if (!keyword)
                return indent < size ? 0 : size;
        n = strlen(keyword);
        if (size - indent <= n || strncasecmp(line + indent, keyword, n) != 0 ||
            (line[indent + n] != ' ' && line[indent + n] != '\t'))
                return size;
        for (n += indent; n < size && (line[n] == ' ' || line[n] == '\t'); n++)
                ;
        return n;
}

/* The line from *at on, without its end; *at is moved behind that. */
static size_t next_line(const char *text, size_t size, size_t *at, size_t *ret_end)
{
        size_t from = *at;
        const char *newline = memchr(text + from, '\n', size - from);
        size_t end = newline ? (size_t) (newline - text) : size;

        *at = newline ? end + 1 : size;
        *ret_end = end > from && text[end - 1] == '\r' ? end - 1 : end;
        return from;
}

static size_t count_lines(const char *text, size_t size, const char *keyword)
{
        size_t n = 0;

        for (size_t at = 0, end; at < size;) {
                size_t from = next_line(text, size, &at, &end);

                n += find_value(text + from, end - from, keyword) < end - from;
        }
        return n;
}

static int put_line(FILE *f, const char *line, size_t size, const char *parameters, bool add)
{
        struct edited edited;
        int r = edit_command_line(line, size, parameters, add, &edited);

        if (r < 0)
                return r;
        (void) fwrite(edited.text, 1, edited.size, f);
        free(edited.text);
        return 0;
}

int edit_lines(const char *text, size_t size, const char *keyword, enum edit_which which,
               const char *parameters, struct edited *ret)
{
        size_t n = count_lines(text, size, keyword), i = 0;
        int r = 0;
        FILE *f;

        *ret = (struct edited){ 0 };
        f = open_memstream(&ret->text, &ret->size);
        if (!f)
                return -ENOMEM;
        for (size_t at = 0, end; at < size && r >= 0;) {
                size_t from = next_line(text, size, &at, &end),
                       value = from + find_value(text + from, end - from, keyword);
                bool is_one = value < end && (keyword || i == 0);

                (void) fwrite(text + from, 1, (is_one ? value : end) - from, f);
                if (is_one) {
                        bool add = which == EDIT_EACH || ++i == n;

                        i += which == EDIT_EACH;
                        r = put_line(f, text + value, end - value, parameters, add);
                        ret->lines += add;
                }
                (void) fwrite(text + end, 1, at - end, f);
        }
        if (fclose(f) != 0 && r >= 0)
                r = -ENOMEM;
        if (r < 0) {
                free(ret->text);
                *ret = (struct edited){ 0 };
        }
        return r;
}

/* Those that are words of the text are marked as put; how many they are. */
static size_t mark(struct parameters *wanted, const char *text, size_t size)
{
        struct cmdline_word word;
        size_t n = 0;

        for (size_t at = 0; cmdline_next(text, size, &at, &word);)
                for (size_t i = 0; i < wanted->n; i++) {
                        const struct cmdline_word *one = &wanted->words[i];

                        if (!wanted->put[i] && word.end - word.start == one->end - one->start &&
                            memcmp(text + word.start, wanted->text + one->start, one->end - one->start) ==
                                    0) {
                                wanted->put[i] = true;
                                n++;
                        }
                }
        return n;
}

void edit_pick(const char *parameters, const char *text, size_t size, bool has, char *buf, size_t buf_size)
{
        struct parameters wanted;

        parameters_read(&wanted, parameters);
        (void) mark(&wanted, text, size);
        for (size_t i = 0; i < wanted.n; i++) {
                const struct cmdline_word *word = &wanted.words[i];
                size_t n = strlen(buf);

                if (wanted.put[i] == has)
                        (void) snprintf(buf + n, buf_size - n, "%s%.*s", n ? " " : "",
                                        (int) (word->end - word->start), parameters + word->start);
        }
}

bool edit_has(const char *text, size_t size, const char *parameters)
{
        struct parameters wanted;

        parameters_read(&wanted, parameters);
        return mark(&wanted, text, size) == wanted.n;
}
