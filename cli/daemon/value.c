/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/value.h"

#include "cli/daemon/client.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

/* Nothing on this bus is deeper than a{oa{sa{sv}}} with an aa{sv} in it. */
#define DEPTH_MAX 16

static int read_value(sd_bus_message *m, unsigned int depth, json_object **ret);

static int read_entry(sd_bus_message *m, const char *contents, unsigned int depth, json_object *object)
{
        json_object *value = NULL;
        const char *key;
        int r;

        r = sd_bus_message_enter_container(m, 'e', contents);
        if (r <= 0)
                return r;
        r = sd_bus_message_read_basic(m, contents[0], &key);
        if (r < 0)
                return r;
        r = read_value(m, depth + 1, &value);
        if (r < 0)
                return r;
        if (json_object_object_add(object, key, value) < 0) {
                json_object_put(value);
                return -ENOMEM;
        }
        r = sd_bus_message_exit_container(m);
        return r < 0 ? r : 1;
}

static int read_dictionary(sd_bus_message *m, const char *contents, unsigned int depth, json_object **ret)
{
        _cleanup_json_ json_object *object = json_object_new_object();
        _cleanup_free_ char *entry = NULL;
        int r;

        /* "{sv}" -> "sv" */
        entry = strndup(contents + 1, strlen(contents) - 2);
        if (!object || !entry)
                return -ENOMEM;
        if (!strchr("sog", entry[0]))
                return -EBADMSG;
        do
                r = read_entry(m, entry, depth, object);
        while (r > 0);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(object);
        return 0;
}

static int read_list(sd_bus_message *m, unsigned int depth, json_object **ret)
{
        _cleanup_json_ json_object *array = json_object_new_array();
        int r;

        if (!array)
                return -ENOMEM;
        while ((r = sd_bus_message_at_end(m, false)) == 0) {
                json_object *value = NULL;

                r = read_value(m, depth + 1, &value);
                if (r < 0)
                        return r;
                if (json_object_array_add(array, value) < 0) {
                        json_object_put(value);
                        return -ENOMEM;
                }
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(array);
        return 0;
}

static int read_container(sd_bus_message *m, char type, const char *contents, unsigned int depth,
                          json_object **ret)
{
        int r;

        r = sd_bus_message_enter_container(m, type, contents);
        if (r < 0)
                return r;
        if (type == 'v')
                r = read_value(m, depth + 1, ret);
        else if (contents[0] == '{')
                r = read_dictionary(m, contents, depth, ret);
        else
                r = read_list(m, depth, ret);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(m);
        if (r < 0) {
                json_object_put(*ret);
                *ret = NULL;
        }
        return r;
}

static json_object *basic_value(char type, const void *value)
{
        switch (type) {
        case 'y':
                return json_object_new_int(*(const uint8_t *) value);
        case 'b':
                return json_object_new_boolean(*(const int *) value);
        case 'i':
                return json_object_new_int(*(const int32_t *) value);
        case 'u':
                return json_object_new_int64(*(const uint32_t *) value);
        case 'x':
                return json_object_new_int64(*(const int64_t *) value);
        case 't':
                return json_object_new_uint64(*(const uint64_t *) value);
        case 'd':
                return json_object_new_double(*(const double *) value);
        case 's':
        case 'o':
                return json_object_new_string(*(const char *const *) value);
        default:
                return NULL;
        }
}

static int read_value(sd_bus_message *m, unsigned int depth, json_object **ret)
{
        union {
                uint64_t number;
                double real;
                const char *text;
        } value = { 0 };
        const char *contents;
        char type;
        int r;

        if (depth > DEPTH_MAX)
                return -EBADMSG;
        r = sd_bus_message_peek_type(m, &type, &contents);
        if (r < 0)
                return r;
        if (r == 0)
                return -EBADMSG;
        if (strchr("avr", type))
                return read_container(m, type, contents, depth, ret);

        if (!strchr("ybiuxtdso", type))
                return -EBADMSG;
        r = sd_bus_message_read_basic(m, type, &value);
        if (r < 0)
                return r;
        *ret = basic_value(type, &value);
        return *ret ? 0 : -ENOMEM;
}

int value_read(sd_bus_message *m, json_object **ret)
{
        return read_value(m, 0, ret);
}

int value_answer(struct context *context, sd_bus_message *call, json_object **ret)
{
        sd_bus_message *reply = NULL;
        int status, r;

        status = client_call(context, call, &reply);
        if (status == EXIT_DONE) {
                r = value_read(reply, ret);
                if (r < 0)
                        status = client_failed(context, NULL, r);
        }
        sd_bus_message_unref(reply);
        return status;
}

int value_call(struct context *context, const char *path, const char *interface, const char *method,
               const char *argument, json_object **ret)
{
        sd_bus_message *call = NULL;
        int status, r = 0;

        status = client_new_call(context, path, interface, method, &call);
        if (status != EXIT_DONE)
                return status;
        if (argument)
                r = sd_bus_message_append(call, "s", argument);
        status = r < 0 ? client_failed(context, NULL, r) : value_answer(context, call, ret);
        sd_bus_message_unref(call);
        return status;
}

int value_get_all(struct context *context, const char *path, const char *interface, json_object **ret)
{
        return value_call(context, path, "org.freedesktop.DBus.Properties", "GetAll", interface, ret);
}

bool value_try_all(struct context *context, const char *path, const char *interface, json_object **ret)
{
        sd_bus_message *call = NULL, *reply = NULL;
        json_object *all = NULL;
        int r;

        r = sd_bus_message_new_method_call(context->bus, &call, client_destination(context), path,
                                           "org.freedesktop.DBus.Properties", "GetAll");
        if (r >= 0)
                r = sd_bus_message_append(call, "s", interface);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, false);
        if (r >= 0)
                r = sd_bus_call(context->bus, call, 0, NULL, &reply);
        if (r >= 0)
                r = value_read(reply, &all);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        if (r < 0)
                return false;
        json_object_put(*ret);
        *ret = all;
        return true;
}

int value_get_managed(struct context *context, const char *interface, json_object **ret)
{
        _cleanup_json_ json_object *objects = NULL;
        int status;

        status = value_call(context, MEMCTL_BUS_PATH, "org.freedesktop.DBus.ObjectManager",
                            "GetManagedObjects", NULL, &objects);
        if (status != EXIT_DONE)
                return status;
        *ret = json_object_new_array();
        if (!*ret)
                return client_failed(context, NULL, -ENOMEM);
        json_object_object_foreach(objects, path, interfaces)
        {
                json_object *properties;

                (void) path;
                if (json_object_object_get_ex(interfaces, interface, &properties))
                        json_object_array_add(*ret, json_object_get(properties));
        }
        return EXIT_DONE;
}

static json_object *member(json_object *object, const char *name, json_type type)
{
        json_object *value;

        return json_object_object_get_ex(object, name, &value) && json_object_is_type(value, type) ? value
                                                                                                   : NULL;
}

uint64_t value_number(json_object *object, const char *name)
{
        json_object *value = member(object, name, json_type_int);

        return value ? json_object_get_uint64(value) : 0;
}

json_object *value_number_or_null(json_object *object, const char *name)
{
        json_object *value = member(object, name, json_type_int);

        return value && json_object_get_uint64(value) != UINT64_MAX ? json_object_get(value) : NULL;
}

json_object *value_or_null(json_object *object, const char *name)
{
        json_object *value;

        return json_object_object_get_ex(object, name, &value) ? json_object_get(value) : NULL;
}

bool value_is_list_of(json_object *value, json_type type)
{
        if (!json_object_is_type(value, json_type_array))
                return false;
        for (size_t i = 0; i < json_object_array_length(value); i++)
                if (!json_object_is_type(json_object_array_get_idx(value, i), type))
                        return false;
        return true;
}

const char *value_text(json_object *object, const char *name)
{
        json_object *value = member(object, name, json_type_string);

        return value ? json_object_get_string(value) : "";
}

json_object *value_array(json_object *object, const char *name)
{
        return member(object, name, json_type_array);
}

bool value_flag(json_object *object, const char *name)
{
        json_object *value = member(object, name, json_type_boolean);

        return value && json_object_get_boolean(value);
}
