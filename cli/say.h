/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl says to people on stderr, and text from elsewhere made fit for a terminal.
 */
#ifndef MEMCTL_CLI_SAY_H
#define MEMCTL_CLI_SAY_H

#include <stdint.h>

/* "memctl: " and one line; control characters are replaced. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bytes for people: "128 MiB", to be freed; NULL when memory is short. */
char *human_size(uint64_t bytes);

#endif
