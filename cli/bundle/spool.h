/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A large file of /proc, whose size nobody tells, kept until its end was seen.
 */
#ifndef MEMCTL_CLI_BUNDLE_SPOOL_H
#define MEMCTL_CLI_BUNDLE_SPOOL_H

#include <stdint.h>

/*
 * Copies fd from where it is to its end into a file without a name, where zeros take no room. A descriptor
 * of that, with *ret_size; or -errno, -EFBIG: it has more than max bytes.
 */
int spool(int fd, uint64_t max, uint64_t *ret_size);

#endif
