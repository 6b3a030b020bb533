/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small files that a boot loader reads, or memctld keeps: read whole, and replaced so that a reader, or a
 * crash, finds the old one or the new one. Links are not followed: what is behind one is somebody else's.
 * Paths are below root_fd, without a slash in front; folders on the way may be links, and stay below it.
 */
#ifndef MEMCTL_BOOT_FILE_H
#define MEMCTL_BOOT_FILE_H

#include "basic/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A file of this many bytes, or more, is none that is changed. */
#define BOOT_FILE_MAX ((size_t) 64 * 1024)

struct boot_file {
        bool there;
        char *data; /* size bytes and a NUL; NULL where it is not there */
        size_t size;
        mode_t mode; /* permissions */
        uid_t uid;
        gid_t gid;
};

void boot_file_clear(struct boot_file *file);

/*
 * Reads it; that there is none is no error. max: of bytes. 0; -ELOOP: it is a link; -EINVAL: it is no file;
 * -EFBIG; or another error of reading. *message says which file, and what is the matter.
 */
int boot_file_read(int root_fd, const char *path, size_t max, struct boot_file *ret, char **message);

/* Whether both are not there, or have the same bytes. */
bool boot_file_same(const struct boot_file *a, const struct boot_file *b);

/*
 * Makes it like file: replaced, made, or removed where file is not there; on the disk when this returns. Its
 * folder is made, and those above it. The owner and the permissions are file's. now: what it must be in the
 * last moment before that, unless it is like file already; NULL: anything. 0; -ESTALE: it is neither; or
 * another -errno, with *message set, and nothing is changed, but for folders.
 */
int boot_file_write(int root_fd, const char *path, const struct boot_file *now, const struct boot_file *file,
                    char **message);

/* Removes what one that died in boot_file_write() has left beside it. */
void boot_file_tidy(int root_fd, const char *path);

/* Whether there is something of that name, of any kind. */
bool boot_file_exists(int root_fd, const char *path);

/* Opens the folder for reading; -errno. */
int boot_folder_open(int root_fd, const char *path);

/* Where memctld keeps things; one process at a time changes what is in there. */
#define BOOT_STATE_FOLDER "var/lib/memctl"

/* Waits until nobody else is at work in that folder, which is made if need be. The lock, to be closed; or
 * -errno. */
int boot_state_lock(int root_fd);

#endif
