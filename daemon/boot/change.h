/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to be written for a boot loader: files with the bytes that they have, and those that they are to
 * have; and the program that the boot loader's own tools want run afterwards.
 */
#ifndef MEMCTL_BOOT_CHANGE_H
#define MEMCTL_BOOT_CHANGE_H

#include "daemon/core/config_file.h"
#include "daemon/plan/boot_size.h"

/* A boot loader may have an entry for each kernel. */
#define BOOT_CHANGE_FILES_MAX 64
#define BOOT_PATH_MAX         256
#define BOOT_PARAMETERS_MAX   BOOT_COMMAND_LINE_MAX

struct boot_change_file {
        char path[BOOT_PATH_MAX]; /* below the root, without a slash in front */
        struct config_file before, after;
        bool left; /* the last call could not write it, or did not get so far: the opposite one lets it be */
};

struct boot_change {
        char loader[32];          /* "grub" */
        char program[32];         /* in /usr/sbin: "update-grub"; "": none */
        char made[BOOT_PATH_MAX]; /* by that program: the file that must have the parameters then */
        char parameters[BOOT_PARAMETERS_MAX]; /* "cma=64M" */
        char own[BOOT_PARAMETERS_MAX];        /* of these: made did not have them without memctl */
        struct boot_change_file files[BOOT_CHANGE_FILES_MAX];
        size_t n;
};

void boot_change_clear(struct boot_change *change);

/*
 * A file that is to have these bytes; before (taken, and empty afterwards) is what it is now, and gives
 * owner and permissions; a new one is root's, and everybody may read it. Nothing is added where the bytes
 * are the same. 0; -E2BIG: there are too many files; -EFBIG: it would be one that is not read again;
 * -ENOMEM.
 */
int boot_change_add(struct boot_change *change, const char *path, struct config_file *before,
                    const char *data, size_t size);

/* Whether each of the files is as it is before the change, or after it. Message names one that is not. */
int boot_change_check(int root_fd, const struct boot_change *change, bool after, char **message);

/*
 * Writes it, from the first file on; stops at the first that fails. One that in the moment before is neither
 * as before the change nor as after it is not written: -ESTALE.
 */
int boot_change_write(int root_fd, struct boot_change *change, char **message);

/*
 * After a crash, or a write that failed: each file that is as after the change is made as before it. One
 * that is neither is left alone, and named in *message, with -ESTALE, when the others are done. What a crash
 * has left beside them goes.
 */
int boot_change_undo(int root_fd, struct boot_change *change, char **message);

#endif
