/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/argument.h"

#include "basic/cleanup.h"
#include "basic/number.h"

#include <bytesize/bs_size.h>
#include <stdlib.h>
#include <string.h>

#define USEC_PER_SEC 1e6
#define WEEK_SEC     604800.0

/* No sign, no exponent, no "inf": what strtod() takes besides. Returns where the number ends, or NULL. */
static const char *read_decimal(const char *value, double *ret)
{
        size_t n = strspn(value, "0123456789.");
        char *end;

        if (n == 0)
                return NULL;
        *ret = strtod(value, &end);
        return end == value + n ? end : NULL;
}

bool argument_seconds(const char *value, uint64_t *ret)
{
        double seconds;
        const char *end = read_decimal(value, &seconds);

        if (!end || *end != '\0' || seconds < 1e-6 || seconds > WEEK_SEC)
                return false;
        *ret = (uint64_t) (seconds * USEC_PER_SEC);
        return true;
}

bool argument_pause(const char *value, uint64_t *ret)
{
        static const struct {
                const char *name;
                double usec;
        } units[] = { { "us", 1 }, { "ms", 1e3 }, { "s", USEC_PER_SEC }, { "", USEC_PER_SEC } };
        double number;
        const char *unit = read_decimal(value, &number);

        for (size_t i = 0; unit && i < ELEMENTSOF(units); i++) {
                double usec = number * units[i].usec;

                if (strcmp(unit, units[i].name) != 0)
                        continue;
                if (usec < 1e3 || usec > 10 * USEC_PER_SEC)
                        return false;
                *ret = (uint64_t) (usec + 0.5);
                return true;
        }
        return false;
}

bool argument_size(const char *value, uint64_t *ret)
{
        BSError *error = NULL;
        BSSize size = bs_size_new_from_str(value, &error);
        uint64_t bytes = 0;
        int sign = 0;

        if (size) {
                bytes = bs_size_get_bytes(size, &sign, &error);
                bs_size_free(size);
        }
        if (error || sign <= 0 || bytes == 0) {
                bs_clear_error(&error);
                return false;
        }
        *ret = bytes;
        return true;
}

bool argument_rate(const char *value, uint64_t *ret)
{
        _cleanup_free_ char *amount = strdup(value);
        size_t n = strlen(value);
        uint64_t bytes;

        if (!amount)
                return false;
        if (n > 2 && strcmp(amount + n - 2, "/s") == 0)
                amount[n - 2] = '\0';
        if (!argument_size(amount, &bytes) || bytes < UINT64_C(1) << 20)
                return false;
        *ret = bytes;
        return true;
}

bool argument_count(const char *value, uint64_t *ret)
{
        return parse_u64(value, 10, ret) >= 0;
}

bool argument_node(const char *value, int *ret)
{
        uint32_t node;

        if (parse_u32(value, 10, &node) < 0 || node > INT16_MAX)
                return false;
        *ret = (int) node;
        return true;
}
