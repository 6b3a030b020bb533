/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts parameters into command lines as boot loaders keep them. All other bytes stay as they are: comments,
 * line ends of either kind, a last line without one. Pure.
 */
#ifndef MEMCTL_BOOT_EDIT_H
#define MEMCTL_BOOT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

/* A text, size bytes and a NUL. */
struct edited {
        char *text; /* to be freed */
        size_t size;
        size_t lines; /* that have the parameters now */
};

/*
 * One command line. parameters: "cma=64M cma_pernuma=0"; each takes the place of the first of its name, and
 * the others of that name go; one that is not there is added at the end, or before "--". add false: those of
 * these names go, and none is added. 0; -E2BIG: it would be longer than kernels take;
 * -EBADMSG: a quote in it is not closed; -ENOMEM.
 */
int edit_command_line(const char *line, size_t size, const char *parameters, bool add, struct edited *ret);

enum edit_which {
        EDIT_EACH, /* line is a command line of its own */
        EDIT_LAST, /* they are one command line together: the last one gets the parameters */
};

/*
 * Lines that begin with a keyword, in upper or lower case, and a blank; behind it is the command line. NULL:
 * the first line that is not empty is one as a whole. 0, or as above.
 */
int edit_lines(const char *text, size_t size, const char *keyword, enum edit_which which,
               const char *parameters, struct edited *ret);

/* Adds to buf, a list itself, those of the parameters that are words of the text, or (has false) are not. */
void edit_pick(const char *parameters, const char *text, size_t size, bool has, char *buf, size_t buf_size);

/* Whether all of the parameters are words of the text, as they are. */
bool edit_has(const char *text, size_t size, const char *parameters);

#endif
