/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of a JSON document that nobody vouches for.
 */
#ifndef MEMCTL_BOOT_MEMBER_H
#define MEMCTL_BOOT_MEMBER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole number from 0 to max: the value itself (which may be NULL), or the member of that name. */
bool member_take_number(json_object *value, uint64_t max, uint64_t *ret);
bool member_get_number(json_object *object, const char *key, uint64_t max, uint64_t *ret);

/* Printable ASCII, which may be empty, and for which there is room. */
bool member_get_text(json_object *object, const char *key, char *buf, size_t size);

#endif
