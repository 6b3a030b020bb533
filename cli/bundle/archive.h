/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tar archive, compressed by zstd, as libarchive writes it. The same files make the same archive.
 */
#ifndef MEMCTL_CLI_BUNDLE_ARCHIVE_H
#define MEMCTL_CLI_BUNDLE_ARCHIVE_H

#include <stdint.h>
#include <stdio.h>

/* All is in a folder of that name. */
#define ARCHIVE_FOLDER "memctl-bundle"

struct archive;

/* Writes to the stream, which must outlive it. NULL: it cannot be done here; *error says why. */
struct archive *archive_begin(FILE *file, const char **error);

/* Each 0, or -EIO. */
int archive_put(struct archive *archive, const char *path, const char *data, size_t size);
int archive_put_link(struct archive *archive, const char *path, const char *target);

/* size bytes of fd, from its beginning on. */
int archive_put_fd(struct archive *archive, const char *path, int fd, uint64_t size);

/* Writes what is left to be written, and frees it. 0 or -EIO. */
int archive_end(struct archive *archive);

#endif
