/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers out of text that nobody vouches for: no sign, no blanks, no trailing bytes, no overflow.
 */
#ifndef MEMCTL_BASIC_NUMBER_H
#define MEMCTL_BASIC_NUMBER_H

#include <stdint.h>

/*
 * The whole of s as an unsigned number in the given base (10, or 16 with or without "0x"). Returns 0,
 * -EINVAL when s is no such number and -ERANGE when it does not fit; *ret is set on success only.
 */
int parse_u64(const char *s, int base, uint64_t *ret);

/* As parse_u64(), for numbers of at most 32 bits. */
int parse_u32(const char *s, int base, uint32_t *ret);

#endif
