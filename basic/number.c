/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

int parse_u64(const char *s, int base, uint64_t *ret)
{
        unsigned long long value;
        char *end;

        /* strtoull() takes leading blanks and signs; a number here starts with a digit of its base. */
        if (!s || !(base == 16 ? isxdigit((unsigned char) s[0]) : isdigit((unsigned char) s[0])))
                return -EINVAL;

        errno = 0;
        value = strtoull(s, &end, base);
        if (*end != '\0')
                return -EINVAL;
        if (errno == ERANGE)
                return -ERANGE;

        *ret = value;
        return 0;
}

int parse_u32(const char *s, int base, uint32_t *ret)
{
        uint64_t value;
        int r;

        r = parse_u64(s, base, &value);
        if (r < 0)
                return r;
        if (value > UINT32_MAX)
                return -ERANGE;

        *ret = (uint32_t) value;
        return 0;
}
