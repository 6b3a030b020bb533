/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/value/message_size.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Padding, the length of a string or an array, and its end. */
#define OVERHEAD 16U

static int take(size_t *left, size_t size)
{
        if (size > *left)
                return -E2BIG;
        *left -= size;
        return 0;
}

static int take_basic(sd_bus_message *m, char type, size_t *left)
{
        union {
                uint64_t number;
                const char *text;
        } value;
        int r;

        r = sd_bus_message_read_basic(m, type, &value);
        if (r < 0)
                return r;
        return type == 's' || type == 'o' || type == 'g' ? take(left, strlen(value.text) + OVERHEAD)
                                                         : take(left, sizeof(uint64_t));
}

/* All values of the container that is open. A message's containers are at most 64 deep. */
static int take_values(sd_bus_message *m, size_t *left) /* NOLINT(misc-no-recursion) */
{
        const char *contents;
        char type;
        int r;

        while ((r = sd_bus_message_peek_type(m, &type, &contents)) > 0) {
                if (!contents) {
                        r = take_basic(m, type, left);
                } else {
                        r = take(left, OVERHEAD);
                        if (r >= 0)
                                r = sd_bus_message_enter_container(m, type, contents);
                        if (r >= 0)
                                r = take_values(m, left);
                        if (r >= 0)
                                r = sd_bus_message_exit_container(m);
                }
                if (r < 0)
                        return r;
        }
        return r;
}

int message_size_check(sd_bus_message *m, size_t max)
{
        size_t left = max;
        int r, s;

        r = sd_bus_message_rewind(m, true);
        if (r >= 0)
                r = take_values(m, &left);
        s = sd_bus_message_rewind(m, true);
        return r < 0 ? r : s < 0 ? s : 0;
}
