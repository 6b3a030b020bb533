/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A line of udev's rules, as udev(7) has it: KEY{ATTRIBUTE}OPERATOR"VALUE", with commas between them. Pure;
 * the text may be anybody's.
 */
#ifndef MEMCTL_ONLINING_UDEV_LINE_H
#define MEMCTL_ONLINING_UDEV_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* One of its parts; points into the line. */
struct udev_part {
        const char *key, *attribute; /* attribute: "" where there is none */
        const char *value;
        enum udev_operator {
                UDEV_MATCH,    /* == */
                UDEV_NO_MATCH, /* != */
                UDEV_ASSIGN,   /* =, := */
                UDEV_CHANGE,   /* +=, -= */
        }
        operator;
};

#define UDEV_PARTS_MAX 64

struct udev_line {
        struct udev_part parts[UDEV_PARTS_MAX];
        size_t n;
};

/* Splits the line, which is changed. False: it is none of such parts. */
bool udev_line_split(char *line, struct udev_line *ret);

/* The first part with that key; NULL: there is none. */
const struct udev_part *udev_line_find(const struct udev_line *line, const char *key);

/*
 * The next line of a text: comments and empty ones are passed over, and what a backslash at the end goes on
 * with is taken off. *at is moved behind it; *ret_number is where it begins, counted on from there. NULL:
 * there is none. The text is changed.
 */
char *udev_text_line(char **at, unsigned int *line, unsigned int *ret_number);

#endif
