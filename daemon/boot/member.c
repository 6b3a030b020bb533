/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/member.h"

#include <string.h>

bool member_take_number(json_object *value, uint64_t max, uint64_t *ret)
{
        if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
                return false;
        *ret = json_object_get_uint64(value);
        return *ret <= max;
}

bool member_get_number(json_object *object, const char *key, uint64_t max, uint64_t *ret)
{
        json_object *value;

        return json_object_object_get_ex(object, key, &value) && member_take_number(value, max, ret);
}

bool member_get_text(json_object *object, const char *key, char *buf, size_t size)
{
        json_object *value;
        const char *text;

        if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, json_type_string))
                return false;
        text = json_object_get_string(value);
        if (strlen(text) >= size || (size_t) json_object_get_string_len(value) != strlen(text))
                return false;
        for (const char *c = text; *c; c++)
                if (*c < ' ' || *c > '~')
                        return false;
        (void) strcpy(buf, text);
        return true;
}
