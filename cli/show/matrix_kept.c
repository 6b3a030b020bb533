/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/matrix_kept.h"

#include "basic/file.h"

#include <errno.h>
#include <string.h>

#define KEPT_MAX ((size_t) 4 << 20)

int matrix_kept_name(int root_fd, char ret[static MATRIX_NAME_MAX])
{
        _cleanup_free_ char *release = file_read(root_fd, "proc/sys/kernel/osrelease", 256, NULL);

        *ret = '\0';
        if (!release)
                return -ENODATA;
        release[strcspn(release, "\n")] = '\0';
        if (strchr(release, '/'))
                return -ENODATA;
        (void) snprintf(ret, MATRIX_NAME_MAX, MATRIX_STATE "/matrix-%s.json", release);
        return 0;
}

int matrix_kept_read(int root_fd, json_object **ret)
{
        _cleanup_free_ char *text = NULL;
        char name[MATRIX_NAME_MAX];
        json_object *matrix;

        if (matrix_kept_name(root_fd, name) < 0)
                return -ENODATA;
        text = file_read(root_fd, name, KEPT_MAX, NULL);
        if (!text)
                return -ENOENT;
        matrix = json_tokener_parse(text);
        if (!value_is_list_of(value_array(matrix, "cells"), json_type_object)) {
                json_object_put(matrix);
                return -EBADMSG;
        }
        *ret = matrix;
        return 0;
}
