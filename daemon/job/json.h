/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON from outside, read with care: what is not of its type is not there.
 */
#ifndef MEMCTL_JOB_JSON_H
#define MEMCTL_JOB_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The member of that name: a number from 0 on, or true or false. False: there is none. */
bool json_read_number(json_object *object, const char *key, uint64_t *ret);
bool json_read_flag(json_object *object, const char *key, bool *ret);

/* A text without a byte of zero, the value's own; NULL: it is none. */
const char *json_read_text(json_object *value);

/* Where name(i) is the text, for i below n; -1: nowhere. */
int json_look_up(const char *text, const char *(*name)(int i), int n);

/* Of an array; 0 for what is none. */
size_t json_length(json_object *array);

#endif
