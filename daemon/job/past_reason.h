/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A reason as JSON, and back.
 */
#ifndef MEMCTL_JOB_PAST_REASON_H
#define MEMCTL_JOB_PAST_REASON_H

#include "daemon/plan/reason.h"

#include <json-c/json.h>

/* The caller's. */
json_object *past_reason_of(const struct reason *reason);

/* False: it is none. The text stays the object's. */
bool past_reason_read(json_object *object, struct reason *ret);

#endif
