/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/json.h"

#include <string.h>

bool json_read_number(json_object *object, const char *key, uint64_t *ret)
{
        json_object *value = json_object_object_get(object, key);

        if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
                return false;
        *ret = json_object_get_uint64(value);
        return true;
}

bool json_read_flag(json_object *object, const char *key, bool *ret)
{
        json_object *value = json_object_object_get(object, key);

        if (!json_object_is_type(value, json_type_boolean))
                return false;
        *ret = json_object_get_boolean(value);
        return true;
}

const char *json_read_text(json_object *value)
{
        const char *text =
                json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;

        return text && strlen(text) == (size_t) json_object_get_string_len(value) ? text : NULL;
}

/* Where name(i) is the text, for i below n; -1: nowhere. */
int json_look_up(const char *text, const char *(*name)(int i), int n)
{
        for (int i = 0; text && i < n; i++)
                if (strcmp(name(i), text) == 0)
                        return i;
        return -1;
}

size_t json_length(json_object *array)
{
        return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}
