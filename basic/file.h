/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole file of bounded size, out of a tree that may be anybody's; and what is written to one.
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

/* All of it, going on after a signal. 0 or -errno; then a part of it may have been written. */
int file_write(int fd, const char *data, size_t size);

/*
 * A value to an attribute of sysfs or a cgroup: in one write, which a signal may end. 0 or -errno; -EIO
 * where only a part was taken.
 */
int file_write_value(int fd, const char *value);

#endif
