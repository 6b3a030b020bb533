/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/range.h"

#include "basic/message.h"
#include "basic/number.h"
#include "basic/quote.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

void block_set_clear(struct block_set *set)
{
        free(set->numbers);
        *set = (struct block_set){ 0 };
}

int block_set_copy(const struct block_set *set, struct block_set *ret)
{
        uint32_t *numbers;

        numbers = calloc(set->n_numbers ? set->n_numbers : 1, sizeof(*numbers));
        if (!numbers)
                return -ENOMEM;
        if (set->n_numbers)
                memcpy(numbers, set->numbers, set->n_numbers * sizeof(*numbers));
        *ret = (struct block_set){ .numbers = numbers, .n_numbers = set->n_numbers };
        return 0;
}

bool block_set_share(const struct block_set *a, const struct block_set *b, uint32_t *ret)
{
        for (size_t i = 0, j = 0; i < a->n_numbers && j < b->n_numbers;) {
                if (a->numbers[i] == b->numbers[j]) {
                        *ret = a->numbers[i];
                        return true;
                }
                if (a->numbers[i] < b->numbers[j])
                        i++;
                else
                        j++;
        }
        return false;
}

/* One item of the grammar, and how messages show the text it came from. */
struct item {
        char quoted[QUOTE_MAX];
        uint64_t first, last; /* block numbers */
};

static int bad_form(const char *quoted, const char *why, char **message)
{
        return fail(message, -EINVAL, "%s: %s; accepted: " RANGE_FORMS, quoted, why);
}

/* "32" or "memory32". */
static int parse_block(const char *text, uint64_t *ret)
{
        uint32_t number;
        int r;

        if (strncmp(text, "memory", strlen("memory")) == 0)
                text += strlen("memory");
        r = parse_u32(text, 10, &number);
        if (r < 0)
                return r;
        *ret = number;
        return 0;
}

static bool is_address(const char *text)
{
        return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

static int parse_addresses(const char *from, const char *to, uint64_t block_size, struct item *item,
                           char **message)
{
        uint64_t first, last;

        if (parse_u64(from, 16, &first) < 0 || parse_u64(to, 16, &last) < 0)
                return bad_form(item->quoted, "not an address range", message);
        if (first > last)
                return bad_form(item->quoted, "the range runs backwards", message);
        if (first % block_size != 0 || (last + 1) % block_size != 0)
                return fail(message, -EINVAL,
                            "%s: not on the borders of blocks, which are 0x%" PRIx64
                            " bytes; accepted: " RANGE_FORMS,
                            item->quoted, block_size);

        item->first = first / block_size;
        item->last = last / block_size;
        return 0;
}

static int parse_numbers(const char *from, const char *to, struct item *item, char **message)
{
        if (parse_block(from, &item->first) < 0 || parse_block(to, &item->last) < 0)
                return bad_form(item->quoted, "not a block or a range", message);
        if (item->first > item->last)
                return bad_form(item->quoted, "the range runs backwards", message);
        return 0;
}

/* text is one item without commas and outer blanks; it is cut up. */
static int parse_item(char *text, uint64_t block_size, struct item *item, char **message)
{
        const char *to = text;
        char *dash;

        (void) quote(text, item->quoted);
        dash = strchr(text, '-');
        if (dash) {
                *dash = '\0';
                to = dash + 1;
        }
        if (is_address(text) && is_address(to) && dash)
                return parse_addresses(text, to, block_size, item, message);
        return parse_numbers(text, to, item, message);
}

/* Index of the first block with this number or a higher one. */
static size_t lower_bound(const struct snapshot *snapshot, uint64_t number)
{
        size_t low = 0, high = snapshot->n_blocks;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (snapshot->blocks[middle].number < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Marks the item's blocks; walks what the machine has, never the numbers asked for. */
static int take_item(const struct snapshot *snapshot, const struct item *item, bool *taken, char **message)
{
        size_t index = lower_bound(snapshot, item->first);

        for (uint64_t expected = item->first; expected <= item->last; expected++, index++) {
                if (index >= snapshot->n_blocks || snapshot->blocks[index].number != expected)
                        return fail(message, -ENOENT,
                                    "%s: block %" PRIu64
                                    ": the machine has no such block; accepted: " RANGE_FORMS,
                                    item->quoted, expected);
                if (taken[index])
                        return fail(message, -EINVAL,
                                    "%s: block %" PRIu64 " is named twice; accepted: " RANGE_FORMS,
                                    item->quoted, expected);
                taken[index] = true;
        }
        return 0;
}

static char *trim(char *text)
{
        size_t length;

        while (*text == ' ' || *text == '\t')
                text++;
        length = strlen(text);
        while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
                text[--length] = '\0';
        return text;
}

static int take_text(const struct snapshot *snapshot, const char *text, bool *taken, char **message)
{
        _cleanup_free_ char *copy = NULL;
        char *rest, *part, quoted[QUOTE_MAX];

        copy = strdup(text);
        if (!copy)
                return -ENOMEM;

        rest = copy;
        while ((part = strsep(&rest, ","))) {
                struct item item = { 0 };
                int r;

                part = trim(part);
                if (*part == '\0')
                        return bad_form(quote(text, quoted), "an empty item", message);
                r = parse_item(part, snapshot->block_size, &item, message);
                if (r < 0)
                        return r;
                r = take_item(snapshot, &item, taken, message);
                if (r < 0)
                        return r;
        }
        return 0;
}

int block_set_parse(const struct snapshot *snapshot, const char *const *texts, size_t n,
                    struct block_set *ret, char **message)
{
        _cleanup_free_ bool *taken = NULL;
        _cleanup_free_ uint32_t *numbers = NULL;
        size_t n_numbers = 0;

        *ret = (struct block_set){ 0 };
        if (n == 0)
                return fail(message, -EINVAL, "no block is named; accepted: " RANGE_FORMS);

        taken = calloc(snapshot->n_blocks + 1, sizeof(*taken));
        numbers = calloc(snapshot->n_blocks + 1, sizeof(*numbers));
        if (!taken || !numbers)
                return -ENOMEM;

        for (size_t i = 0; i < n; i++) {
                int r = take_text(snapshot, texts[i], taken, message);

                if (r < 0)
                        return r;
        }

        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (taken[i])
                        numbers[n_numbers++] = snapshot->blocks[i].number;
        *ret = (struct block_set){ .numbers = TAKE_PTR(numbers), .n_numbers = n_numbers };
        return 0;
}
