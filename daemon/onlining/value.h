/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of [Online] sections. Each function stores the value, or returns false: it is none of those that
 * are accepted, and what was there may be changed. Pure.
 */
#ifndef MEMCTL_ONLINING_VALUE_H
#define MEMCTL_ONLINING_VALUE_H

#include "daemon/onlining/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With its NUL. */
#define ONLINE_PATTERN_MAX 128
#define ONLINE_WORD_MAX    16

/* Movable memory, in hundredths of the kernel's. */
#define ONLINE_RATIO_DEFAULT 301 /* of the kernel's own policy auto-movable, mm/memory_hotplug.c */
#define ONLINE_RATIO_MAX     100000
#define ONLINE_RATIO_NONE    UINT32_MAX       /* no bound */
#define ONLINE_RATIO_OF_ALL  (UINT32_MAX - 1) /* a rule's: that of [Online] */

bool value_take_flag(const char *value, bool *ret);                 /* yes, no */
bool value_take_target(const char *value, enum online_target *ret); /* movable, kernel, offline */
bool value_take_ratio(const char *value, uint32_t *ret);            /* "301%", "none" */
bool value_take_pattern(const char *value, char ret[static ONLINE_PATTERN_MAX]);
bool value_take_word(const char *value, const char *const *words, char ret[static ONLINE_WORD_MAX]);

/* "512M", "512M-1G", "512M-", "-1G", "": bytes, both included. K, M, G and T are powers of 1024. */
bool value_take_sizes(const char *value, uint64_t *ret_min, uint64_t *ret_max);

/* "301%", "none". Not for ONLINE_RATIO_OF_ALL. */
#define ONLINE_RATIO_TEXT_MAX 16
void online_ratio_text(uint32_t ratio, char ret[static ONLINE_RATIO_TEXT_MAX]);

#endif
