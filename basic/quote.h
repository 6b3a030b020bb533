/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Somebody's input inside a message of ours: one line, printable, of bounded length.
 */
#ifndef MEMCTL_BASIC_QUOTE_H
#define MEMCTL_BASIC_QUOTE_H

#include <stddef.h>

#define QUOTE_MAX 80 /* bytes that hold every quote() */

/*
 * Writes text between double quotes into buf (QUOTE_MAX bytes): bytes that are not printable ASCII become
 * '?', and what is too long ends in "...". Returns buf.
 */
char *quote(const char *text, char buf[static QUOTE_MAX]);

#endif
