/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which files of a machine go into a bundle, and what is done to them, as a table. docs/report.md says the
 * same in words.
 */
#ifndef MEMCTL_CLI_BUNDLE_FILES_H
#define MEMCTL_CLI_BUNDLE_FILES_H

#include <stddef.h>

enum bundle_how {
        BUNDLE_COPY,   /* as it is */
        BUNDLE_EMPTY,  /* that it is there is all that is needed: it is not read */
        BUNDLE_LINK,   /* a link, which is not followed */
        BUNDLE_IOMEM,  /* without the place of the kernel's image */
        BUNDLE_WORDS,  /* a command line, without all words but those about memory */
        BUNDLE_SWAPS,  /* without the names of files */
        BUNDLE_SMBIOS, /* DIMMs and their places alone, without serial numbers and the like */
        BUNDLE_IDS,    /* with a number in the place of each UUID, the same for the same one */
        BUNDLE_CONF,   /* without comments */
};

struct bundle_file {
        const char *pattern; /* below the root; each part may have '*' and '?' as of fnmatch() */
        enum bundle_how how;
        size_t max; /* bytes; a larger file is left out, for a part of it would be wrong */
};

extern const struct bundle_file bundle_files[];
extern const size_t n_bundle_files;

#endif
