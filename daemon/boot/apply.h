/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a boot setting, and takes it back: all files or none. What another tool has changed meanwhile is
 * nobody's to overwrite: then nothing is written, and the message says so. After a crash in the midst of it
 * the next call puts back what was begun. To be called in a helper: disks and programs take their time.
 */
#ifndef MEMCTL_BOOT_APPLY_H
#define MEMCTL_BOOT_APPLY_H

#include "daemon/boot/share.h"
#include "daemon/boot/state.h"

/*
 * Runs a program of /usr/sbin that makes a boot loader's configuration, or waits for one that is at work
 * already. 0, or -errno with *message.
 */
struct boot_runner {
        int (*run)(const char *program, void *userdata, char **message);
        void *userdata;
};

/*
 * Has the kernel get these parameters of a share from the next boot on, beside those of others: for the boot
 * loader that is found, or what is applied already is replaced; what was there at first is what
 * boot_revert() brings back. bytes: what was recommended, to be remembered; 0: what is remembered stays so.
 * 1; 0: all was as it should be; -ESTALE: a file was changed meanwhile; -ENOENT, -ENOTUNIQ, -EOPNOTSUPP,
 * -ELOOP and others as boot_loader_find(), _plan() and config_file_write() have them. With an error all is
 * as before, or *message names what is not, as -EUCLEAN.
 */
int boot_apply(int root_fd, enum boot_share share, const char *parameters, uint64_t bytes,
               const struct boot_runner *runner, char **message);

/*
 * Brings back what was there before memctl wrote, byte for byte, and has the program make its file of that;
 * where another share has parameters too, these stay. 0; -ENOENT: nothing of this share is applied; -ESTALE:
 * a file is not as memctl wrote it any more; -EIO: the program has failed, and the next call tries again; or
 * its file still has the parameters, and did not before: then they are somebody else's, and nothing is
 * applied any more; others as above.
 */
int boot_revert(int root_fd, enum boot_share share, const struct boot_runner *runner, char **message);

/* Puts back what one that was killed in either of these has begun, if there is anything. 0 or as above. */
int boot_settle(int root_fd, const struct boot_runner *runner, char **message);

#endif
