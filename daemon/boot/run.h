/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a program that makes a boot loader's configuration, and waits for it, but not for ever. To be called
 * in a helper.
 */
#ifndef MEMCTL_BOOT_RUN_H
#define MEMCTL_BOOT_RUN_H

#include <stdint.h>

/*
 * argv[0] is a path. Its output is not shown, but for the last line, which *message has where it fails. It
 * is killed with all that it has started after so many microseconds, or with who called. 0; -ETIMEDOUT;
 * -ENOENT: there is no such program; -EIO: it failed; other -errno.
 */
int boot_run(const char *const *argv, uint64_t usec, char **message);

#endif
