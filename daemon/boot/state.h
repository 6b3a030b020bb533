/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl has written for the boot loader, with the bytes that were there before, so that it can be
 * taken back: one JSON document in /var/lib/memctl/cma-boot, there as long as something is applied. It is
 * written before the first file is changed, and read like anything from outside.
 */
#ifndef MEMCTL_BOOT_STATE_H
#define MEMCTL_BOOT_STATE_H

#include "daemon/boot/change.h"
#include "daemon/boot/folder.h"
#include "daemon/boot/sample.h"

#define BOOT_STATE_FILE BOOT_STATE_FOLDER "/cma-boot"

struct boot_state {
        bool there;                /* something is applied, or was begun */
        bool complete;             /* all files are written, and the program was run */
        char boot_id[BOOT_ID_MAX]; /* in which it was applied */
        uint64_t time;             /* when, seconds since 1970 */
        uint64_t bytes;            /* that were recommended */
        struct boot_change change; /* files' before: as they were before memctl wrote to them first */
};

void boot_state_clear(struct boot_state *state);

/* Reads it; there may be none. 0; -EBADMSG: the file is no such thing; -errno; *message says why. */
int boot_state_load(int root_fd, struct boot_state *ret, char **message);

/* Writes it, or removes the file where state is not there. 0 or -errno with *message. */
int boot_state_save(int root_fd, const struct boot_state *state, char **message);

/* Text as in the file. 0; -EBADMSG with *message; -ENOMEM. */
int boot_state_parse(const char *text, size_t size, struct boot_state *ret, char **message);

#endif
