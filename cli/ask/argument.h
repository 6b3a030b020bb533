/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What options are given: numbers, amounts and times as people write them.
 */
#ifndef MEMCTL_CLI_ASK_ARGUMENT_H
#define MEMCTL_CLI_ASK_ARGUMENT_H

#include <stdbool.h>
#include <stdint.h>

/* All of these leave *ret alone, and return false, when value is not what they read. */

/* Seconds, above 0 and up to a week ("90", "2.5"), in microseconds. */
bool argument_seconds(const char *value, uint64_t *ret);

/* A short time with its unit: "1500us", "5ms", "0.5s"; without one it is seconds. 1 ms to 10 s, in
 * microseconds. */
bool argument_pause(const char *value, uint64_t *ret);

/* An amount of memory above 0: "4G", "512MiB", "1073741824". Bytes. */
bool argument_size(const char *value, uint64_t *ret);

/* An amount of memory a second, at least 1 MiB: "100M", "1GiB/s". Bytes. */
bool argument_rate(const char *value, uint64_t *ret);

/* A number of things. */
bool argument_count(const char *value, uint64_t *ret);

/* The number of a NUMA node. */
bool argument_node(const char *value, int *ret);

#endif
