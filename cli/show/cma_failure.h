/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Failures of CMA in plain words: what was asked for, why it was not to be had, who was in the way, and what
 * to do about it.
 */
#ifndef MEMCTL_CLI_SHOW_CMA_FAILURE_H
#define MEMCTL_CLI_SHOW_CMA_FAILURE_H

#include "cli/daemon/value.h"

/* "fragmented" as people say it; the word itself where it is none of those known. */
const char *cma_cause_text(const char *cause);

/* What to do about it; "": nothing. */
const char *cma_cause_advice(const char *cause);

/* One of ShowCmaArea's failures in a sentence, without what to do; to be freed, NULL when memory is short.
 */
char *cma_failure_text(json_object *failure);

/* The same for JSON, with "text" and "advice"; the caller's. */
json_object *cma_failure_to_json(json_object *failure);

/* "3 s", "2 h 5 min" of microseconds, in buf, which is returned. */
const char *cma_age_text(uint64_t usec, char buf[static 32]);

#endif
