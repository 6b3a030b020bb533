/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists as sd-bus hands them out and takes them.
 */
#include "daemon/bus/value/strings.h"

#include <errno.h>
#include <stdlib.h>

void bus_strv_freep(char ***strings)
{
        for (char **s = *strings; s && *s; s++)
                free(*s);
        free(*strings);
}

size_t bus_strv_length(char *const *strings)
{
        size_t n = 0;

        while (strings && strings[n])
                n++;
        return n;
}

int bus_append_strings(sd_bus_message *m, char *const *strings, size_t n)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "s");
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(m, "s", strings[i]);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_read_name(sd_bus_message *call, const char **ret)
{
        int r = sd_bus_message_rewind(call, 1);

        return r < 0 ? r : sd_bus_message_read(call, "s", ret);
}

int bus_append_path_of_name(sd_bus_message *reply, sd_bus_message *call, char *(*path_of)(const char *name))
{
        const char *name;
        char *path;
        int r;

        r = bus_read_name(call, &name);
        if (r < 0)
                return r;
        path = path_of(name);
        r = path ? sd_bus_message_append(reply, "o", path) : -ENOMEM;
        free(path);
        return r;
}

int bus_open_entry(sd_bus_message *m, const char *name, const char *type)
{
        int r;

        r = sd_bus_message_open_container(m, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", name);
        return r < 0 ? r : sd_bus_message_open_container(m, 'v', type);
}

int bus_close_entry(sd_bus_message *m)
{
        int r;

        r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_append_dictionaries(sd_bus_message *m, bus_append_t append, const void *list, size_t n)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "a{sv}");
        for (size_t i = 0; r >= 0 && i < n; i++) {
                r = sd_bus_message_open_container(m, 'a', "{sv}");
                if (r >= 0)
                        r = append(m, list, i);
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_append_dictionaries_entry(sd_bus_message *m, const char *name, bus_append_t append, const void *list,
                                  size_t n)
{
        int r;

        r = bus_open_entry(m, name, "aa{sv}");
        if (r >= 0)
                r = bus_append_dictionaries(m, append, list, n);
        return r < 0 ? r : bus_close_entry(m);
}

int bus_append_strings_entry(sd_bus_message *m, const char *name, char *const *strings, size_t n)
{
        int r;

        r = bus_open_entry(m, name, "as");
        if (r >= 0)
                r = bus_append_strings(m, strings, n);
        return r < 0 ? r : bus_close_entry(m);
}

int bus_append_array_entry(sd_bus_message *m, const char *name, char type, const void *array, size_t size)
{
        const char contents[] = { 'a', type, '\0' };
        int r;

        r = bus_open_entry(m, name, contents);
        if (r >= 0)
                r = sd_bus_message_append_array(m, type, array, size);
        return r < 0 ? r : bus_close_entry(m);
}
