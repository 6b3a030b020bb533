/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that is there whole or not at all: written beside its place, and moved there when all was written.
 */
#ifndef MEMCTL_CLI_SHOW_REPLACE_H
#define MEMCTL_CLI_SHOW_REPLACE_H

#include <stdio.h>

struct replacement {
        const char *path;
        char *temporary;
        FILE *file;
};

/*
 * Opens a file beside path, which must be a regular file or not exist. 0; or -errno, and it was said what is
 * wrong. path must outlive the replacement.
 */
int replace_begin(struct replacement *replacement, const char *path);

/* Puts the file in its place, or takes it away when anything of it could not be written. As above. */
int replace_finish(struct replacement *replacement);

/* Leaves what is in its place as it was. */
void replace_abandon(struct replacement *replacement);

#endif
