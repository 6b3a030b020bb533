/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of strings as sd-bus hands them out and takes them.
 */
#include "daemon/bus/server.h"

void bus_strv_freep(char ***strings)
{
        for (char **s = *strings; s && *s; s++)
                free(*s);
        free(*strings);
}

int bus_append_strings(sd_bus_message *m, char *const *strings, size_t n)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "s");
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(m, "s", strings[i]);
        return r < 0 ? r : sd_bus_message_close_container(m);
}
