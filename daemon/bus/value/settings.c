/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/value/settings.h"

#include <stdio.h>
#include <string.h>

static int add(struct settings *settings, const char *section, const char *key, const char *value,
               sd_bus_error *error)
{
        if (settings->n == SETTINGS_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "accepted are %d keys at most",
                                         SETTINGS_MAX);
        if (strpbrk(key, "\n=[];#") || strchr(value, '\n'))
                return sd_bus_error_setf(
                        error, SD_BUS_ERROR_INVALID_ARGS,
                        "accepted are keys and values as in memctl.conf, without line breaks");
        settings->items[settings->n++] =
                (struct policy_value){ section, key, strcmp(value, "default") == 0 ? NULL : value };
        return 0;
}

int settings_read(sd_bus_message *m, const char *section, struct settings *ret, sd_bus_error *error)
{
        const char *key, *value;
        int r = sd_bus_message_enter_container(m, 'a', "{ss}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(m, "{ss}", &key, &value)) > 0) {
                r = add(ret, section, key, value, error);
                if (r < 0)
                        return r;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0 && ret->n == 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "no key is given");
        return r;
}

void settings_say(const struct settings *settings, char *text, size_t size)
{
        size_t n = strlen(text);

        for (size_t i = 0; i < settings->n && n < size; i++) {
                const struct policy_value *one = &settings->items[i];

                n += (size_t) snprintf(text + n, size - n, "%s%s=%s", n > 0 ? " " : "", one->key,
                                       one->value ? one->value : "default");
        }
}
