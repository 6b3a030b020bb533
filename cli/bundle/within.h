/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds and opens files of a tree that may be anybody's: nothing outside of it is opened, and nothing but
 * regular files and folders.
 */
#ifndef MEMCTL_CLI_BUNDLE_WITHIN_H
#define MEMCTL_CLI_BUNDLE_WITHIN_H

#include <stddef.h>

#define WITHIN_PATH_MAX 512

/* Below the root; path ends with the pattern's last part. 0, or an error that ends the search. */
typedef int (*within_found_t)(void *userdata, int root_fd, const char *path);

/*
 * Calls found for each path below root_fd that matches, in the order of their names, "node2" before
 * "node10". Links to folders are followed, within the root. Names that are not of printable ASCII, and those
 * behind the first million of a folder, are passed over. 0, -ENOMEM, or what found returned.
 */
int within_find(int root_fd, const char *pattern, within_found_t found, void *userdata);

/* Opens a regular file, which is no link, for reading. A descriptor, or -errno; -EINVAL: it is something
 * else. */
int within_open(int root_fd, const char *path);

/*
 * Reads where a link points to: 0, or -errno; -EINVAL: it is none; -EXDEV: it would lead out of the root, or
 * has other characters than printable ASCII.
 */
int within_read_link(int root_fd, const char *path, char ret[static WITHIN_PATH_MAX]);

#endif
