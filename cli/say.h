/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines for people, and text from elsewhere made fit for a terminal.
 */
#ifndef MEMCTL_CLI_SAY_H
#define MEMCTL_CLI_SAY_H

#include <stdint.h>

/* "memctl: " and one line on stderr; control characters are replaced. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on stdout; control characters are replaced. */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bytes for people: "128 MiB", to be freed; NULL when memory is short. */
char *human_size(uint64_t bytes);

#endif
