/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads one sysfs attribute. The tree may be anybody's (--root): a file may be missing, empty, huge,
 * binary, a FIFO or a dangling link, and none of these may hurt or hang the reader.
 */
#ifndef MEMCTL_BASIC_ATTR_H
#define MEMCTL_BASIC_ATTR_H

#include <stddef.h>
#include <sys/types.h>

/* Longest attribute taken, in bytes: what sysfs itself can hand out is one page. */
#define ATTR_MAX 4096

/*
 * Reads dirfd/path into buf (size bytes, at least 2), takes off one trailing newline and ends it with NUL.
 * Returns the length. Fails with -ENOENT (and other errors of openat and read), -ENODATA for an empty
 * file, -EMSGSIZE for one that does not fit and -EBADMSG for one with bytes that are not printable ASCII,
 * tabs or inner newlines.
 */
ssize_t attr_read(int dirfd, const char *path, char *buf, size_t size);

/* What a person is told about an error of attr_read(): "is missing", "is empty", ... */
const char *attr_strerror(int error);

#endif
