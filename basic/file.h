/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole file of bounded size, out of a tree that may be anybody's.
 */
#ifndef MEMCTL_BASIC_FILE_H
#define MEMCTL_BASIC_FILE_H

#include <stddef.h>

/*
 * The bytes of dirfd/path and a NUL behind them, to be freed; *ret_size (if wanted) does not count the NUL.
 * NULL when the file cannot be read, is a link, or has max bytes or more.
 */
char *file_read(int dirfd, const char *path, size_t max, size_t *ret_size);

/* The same from where fd is now to its end; fd stays open. */
char *file_read_fd(int fd, size_t max, size_t *ret_size);

#endif
