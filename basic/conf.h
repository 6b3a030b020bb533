/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configuration files: sections in brackets, and in each lines KEY=VALUE. Lines that begin with # or ; are
 * passed over, and so are blanks around all. (libinih does as much, but cuts what is longer than 200 bytes
 * without a word, and tells no line.)
 */
#ifndef MEMCTL_BASIC_CONF_H
#define MEMCTL_BASIC_CONF_H

#include <stddef.h>

/* Where something stands. */
struct conf_place {
        const char *path;
        unsigned int line; /* 1: the first */
};

/* Who takes what there is: 0, or -errno with *message set, which ends it. */
struct conf_reader {
        int (*section)(void *userdata, const struct conf_place *place, const char *name, char **message);
        int (*value)(void *userdata, const struct conf_place *place, const char *key, const char *value,
                     char **message);
};

/*
 * Reads a file's text. 0 and *ret_lines (may be NULL); -EINVAL with *message set for what is no such line,
 * or no text; as the reader said; -ENOMEM.
 */
int conf_read(const char *path, const char *text, size_t size, const struct conf_reader *reader,
              void *userdata, unsigned int *ret_lines, char **message);

/* "FILE:LINE: WHAT: accepted is ACCEPTED", and -EINVAL. */
int conf_bad(const struct conf_place *place, const char *what, const char *accepted, char **message);

#endif
