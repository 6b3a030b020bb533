/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of proc that are lines of a key and a number: meminfo, vmstat, a node's meminfo.
 */
#ifndef MEMCTL_MACHINE_TEXT_H
#define MEMCTL_MACHINE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* The whole file, ended by NUL, to be freed; NULL when it cannot be read or is longer than 64 KiB. */
char *text_read(int dirfd, const char *path);

/* The number after the first key that stands as a word of its own. False, and *ret as it was, without one.
 */
bool text_number(const char *text, const char *key, uint64_t *ret);

/* The same for a figure in kB (which are KiB), in bytes. */
bool text_kib(const char *text, const char *key, uint64_t *ret);

#endif
