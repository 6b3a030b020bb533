/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small files of settings that others read, too, or memctld keeps: read whole, and replaced so that a
 * reader, or a crash, finds the old one or the new one. Links are not followed: what is behind one is
 * somebody else's. Paths are below root_fd, without a slash in front; folders on the way may be links, and
 * stay below it.
 */
#ifndef MEMCTL_CORE_CONFIG_FILE_H
#define MEMCTL_CORE_CONFIG_FILE_H

#include "basic/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A file of this many bytes, or more, is none that is changed. */
#define CONFIG_FILE_MAX ((size_t) 64 * 1024)

struct config_file {
        bool there;
        char *data; /* size bytes and a NUL; NULL where it is not there */
        size_t size;
        mode_t mode; /* permissions */
        uid_t uid;
        gid_t gid;
};

void config_file_clear(struct config_file *file);

/*
 * Reads it; that there is none is no error. max: of bytes. 0; -ELOOP: it is a link; -EINVAL: it is no file;
 * -EFBIG; or another error of reading. *message says which file, and what is the matter.
 */
int config_file_read(int root_fd, const char *path, size_t max, struct config_file *ret, char **message);

/* Whether both are not there, or have the same bytes. */
bool config_file_same(const struct config_file *a, const struct config_file *b);

/*
 * Makes it like file: replaced, made, or removed where file is not there; on the disk when this returns. Its
 * folder is made, and those above it. The owner and the permissions are file's. now: what it must be in the
 * last moment before that, unless it is like file already; NULL: anything. 0; -ESTALE: it is neither; or
 * another -errno, with *message set, and nothing is changed, but for folders.
 */
int config_file_write(int root_fd, const char *path, const struct config_file *now,
                      const struct config_file *file, char **message);

/* Removes what one that died in config_file_write() has left beside it. */
void config_file_tidy(int root_fd, const char *path);

/* Whether there is something of that name, of any kind. */
bool config_file_exists(int root_fd, const char *path);

/* Opens the folder for reading; -errno. */
int config_folder_open(int root_fd, const char *path);

/* Opens what is there for reading, of any kind, and follows links, which stay below root_fd; -errno. */
int config_file_open(int root_fd, const char *path);

/*
 * Waits until no other memctl has the lock of that folder, which is made if need be: one process at a time
 * changes what is in there. The lock, to be closed; or -errno.
 */
int config_folder_lock(int root_fd, const char *folder);

#endif
