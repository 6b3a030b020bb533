/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/value.h"

#include "basic/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"

bool value_take_flag(const char *value, bool *ret)
{
        *ret = strcmp(value, "yes") == 0;
        return *ret || strcmp(value, "no") == 0;
}

bool value_take_target(const char *value, enum online_target *ret)
{
        for (enum online_target target = TARGET_MOVABLE; target < _TARGET_MAX; target++)
                if (strcmp(value, online_target_name(target)) == 0) {
                        *ret = target;
                        return true;
                }
        return false;
}

bool value_take_ratio(const char *value, uint32_t *ret)
{
        size_t n = strspn(value, DIGITS);
        char number[8] = "";

        *ret = ONLINE_RATIO_NONE;
        if (strcmp(value, "none") == 0)
                return true;
        if (n == 0 || n >= sizeof(number) || strcmp(value + n, "%") != 0)
                return false;
        memcpy(number, value, n);
        return parse_u32(number, 10, ret) >= 0 && *ret > 0 && *ret <= ONLINE_RATIO_MAX;
}

bool value_take_pattern(const char *value, char ret[static ONLINE_PATTERN_MAX])
{
        return snprintf(ret, ONLINE_PATTERN_MAX, "%s", value) < ONLINE_PATTERN_MAX;
}

bool value_take_word(const char *value, const char *const *words, char ret[static ONLINE_WORD_MAX])
{
        for (; *words; words++)
                if (strcmp(value, *words) == 0)
                        return snprintf(ret, ONLINE_WORD_MAX, "%s", value) < ONLINE_WORD_MAX;
        return false;
}

/* A size at the front of a text; *end is behind it. */
static bool read_size(const char *text, const char **end, uint64_t *ret)
{
        static const char units[] = "KMGT";
        size_t n = strspn(text, DIGITS);
        unsigned int shift = 0;
        const char *unit;
        char number[24];

        if (n == 0 || n >= sizeof(number))
                return false;
        memcpy(number, text, n);
        number[n] = '\0';
        *end = text + n;
        unit = **end ? strchr(units, **end) : NULL;
        if (unit) {
                shift = 10 * (unsigned int) (unit - units + 1);
                (*end)++;
        }
        if (parse_u64(number, 10, ret) < 0 || *ret > UINT64_MAX >> shift)
                return false;
        *ret <<= shift;
        return true;
}

bool value_take_sizes(const char *value, uint64_t *ret_min, uint64_t *ret_max)
{
        const char *at = value;

        *ret_min = 0;
        *ret_max = UINT64_MAX;
        if (!*at)
                return true;
        if (*at != '-') {
                if (!read_size(at, &at, ret_min))
                        return false;
                if (!*at) {
                        *ret_max = *ret_min;
                        return true;
                }
        }
        if (*at++ != '-')
                return false;
        if (!*at)
                return at - 1 > value; /* "-" alone is no size */
        return read_size(at, &at, ret_max) && !*at && *ret_max >= *ret_min;
}

void online_ratio_text(uint32_t ratio, char ret[static ONLINE_RATIO_TEXT_MAX])
{
        if (ratio == ONLINE_RATIO_NONE)
                (void) strcpy(ret, "none");
        else
                (void) snprintf(ret, ONLINE_RATIO_TEXT_MAX, "%" PRIu32 "%%", ratio);
}
