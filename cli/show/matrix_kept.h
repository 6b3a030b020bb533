/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the result of memctl matrix is kept, of the kernel that a tree is of.
 */
#ifndef MEMCTL_CLI_SHOW_MATRIX_KEPT_H
#define MEMCTL_CLI_SHOW_MATRIX_KEPT_H

#include "cli/daemon/value.h"

#define MATRIX_STATE    "var/lib/memctl"
#define MATRIX_NAME_MAX 360

/* The file's name below the root. 0; -ENODATA, and "": which kernel it is cannot be told. */
int matrix_kept_name(int root_fd, char ret[static MATRIX_NAME_MAX]);

/*
 * Reads it: an object with a list "cells", which is the caller's. 0; -ENOENT: there is none; -ENODATA: which
 * kernel it is cannot be told; -EBADMSG: it is no such result.
 */
int matrix_kept_read(int root_fd, json_object **ret);

#endif
