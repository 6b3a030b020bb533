/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMCTL_BASIC_PRINTABLE_H
#define MEMCTL_BASIC_PRINTABLE_H

#include <stddef.h>

/*
 * n bytes of text, or as many as fit into a buffer of size bytes with a NUL behind them: what is not
 * printable ASCII becomes '?'.
 */
void printable_copy(char *buf, size_t size, const char *text, size_t n);

#endif
