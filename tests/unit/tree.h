/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trees for tests: folders and files made in a temporary folder, and gone afterwards.
 */
#ifndef MEMCTL_TESTS_UNIT_TREE_H
#define MEMCTL_TESTS_UNIT_TREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

/* A new temporary folder; tree_remove() takes it away again. Failures end the test. */
char *tree_make(void);
void tree_remove(char *root);

/* Makes root/path with its folders: a file with the text, a file of bytes, a link, a FIFO, a folder. */
void tree_text(const char *root, const char *path, const char *text);
void tree_bytes(const char *root, const char *path, const void *data, size_t size);
void tree_link(const char *root, const char *path, const char *target);
void tree_fifo(const char *root, const char *path);
void tree_folder(const char *root, const char *path);
void tree_unlink(const char *root, const char *path);

/* A block below sys/devices/system/memory with the usual attributes; NULL leaves one out. */
void tree_block(const char *root, uint32_t number, const char *state, const char *zones,
                const char *removable);

/* Reads the tree as the daemon does, which must not fail. snapshot_free() takes the result away. */
struct snapshot *tree_snapshot(const char *root);

#endif
