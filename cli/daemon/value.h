/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values from the bus as json-c values: what a property is called and holds stays as it is there.
 */
#ifndef MEMCTL_CLI_VALUE_H
#define MEMCTL_CLI_VALUE_H

#include "cli/run/context.h"

#include <json-c/json.h>

static inline void json_putp(json_object **object)
{
        if (*object)
                json_object_put(*object);
}
#define _cleanup_json_ _cleanup_(json_putp)

/*
 * The next value of m, whatever its type: dictionaries with string keys become objects, arrays and structs
 * arrays. 0 or -errno; *ret is the caller's.
 */
int value_read(sd_bus_message *m, json_object **ret);

/* What a call is answered, the first of its values. An exit status. */
int value_answer(struct context *context, sd_bus_message *call, json_object **ret);

/*
 * What a method answers, the first of its values; argument is its only one, a string, or NULL: it has none.
 * An exit status.
 */
int value_call(struct context *context, const char *path, const char *interface, const char *method,
               const char *argument, json_object **ret);

/* All properties of an object. An exit status. */
int value_get_all(struct context *context, const char *path, const char *interface, json_object **ret);

/* The same, where that can be told: says nothing if not, and starts no memctld. *ret (replaced) is the
 * caller's. */
bool value_try_all(struct context *context, const char *path, const char *interface, json_object **ret);

/* All managed objects that have the interface, as an array of their properties. An exit status. */
int value_get_managed(struct context *context, const char *interface, json_object **ret);

/* The number, to be put into JSON; NULL (null) where it is missing or all ones, which is "not known" here.
 */
json_object *value_number_or_null(json_object *object, const char *name);

/* The member whatever its type, to be put into JSON; NULL (null) where it is missing. */
json_object *value_or_null(json_object *object, const char *name);

/* Whether it is an array, and all in it are of that type. */
bool value_is_list_of(json_object *value, json_type type);

/* Members by name; 0, "" and NULL for what is missing or of another type. */
uint64_t value_number(json_object *object, const char *name);
const char *value_text(json_object *object, const char *name);
json_object *value_array(json_object *object, const char *name);
bool value_flag(json_object *object, const char *name);

#endif
