/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A boot loader's files in a tree of their own, and a program that makes its configuration, as the test
 * says.
 */
#ifndef MEMCTL_TESTS_UNIT_BOOT_TREE_H
#define MEMCTL_TESTS_UNIT_BOOT_TREE_H

#include "daemon/boot/apply.h"
#include "tree.h"

#include <stdbool.h>

struct boot_tree {
        char *root;
        int fd;
        struct boot_runner runner; /* of the program, which is this tree's */
        const char *made;          /* a file that the program writes; NULL: none */
        const char *made_text;     /* and what it writes */
        const char *copied;        /* a file of which it writes all; NULL: none */
        int error;                 /* what the program answers */
        bool fails_late;           /* when it has written that */
        unsigned int merged;       /* so many runs only wait for one that began before: nothing is written */
        unsigned int runs;
};

void boot_tree_make(struct boot_tree *tree);
void boot_tree_remove(struct boot_tree *tree);

/* The file has that text; NULL: it is not there. */
void assert_file(const struct boot_tree *tree, const char *path, const char *text);

/* boot_apply() of cma=64M, boot_revert(): what they return, and what their message has in it (NULL: there is
 * none). */
void assert_apply(struct boot_tree *tree, const char *parameters, int result, const char *says);
void assert_revert(struct boot_tree *tree, int result, const char *says);

#endif
