/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * matrix: what moves on this kernel, as it was tried here the last time, or is now.
 */
#include "cli/show/matrix.h"
#include "basic/file.h"
#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "cli/show/matrix_kept.h"
#include "cli/show/output.h"
#include "cli/verb/matrix_run.h"
#include "cli/verb/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct column columns[] = {
        { "kind", "KIND", COLUMN_TEXT, false },        { "operation", "OPERATION", COLUMN_TEXT, false },
        { "verdict", "VERDICT", COLUMN_TEXT, false },  { "errno", "ERRNO", COLUMN_TEXT, false },
        { "pages", "PAGES", COLUMN_COUNT, false },     { "moved", "MOVED", COLUMN_COUNT, false },
        { "folios", "FOLIOS", COLUMN_COUNT, false },   { "folios_kept", "KEPT", COLUMN_COUNT, false },
        { "seconds", "SECONDS", COLUMN_COUNT, false }, { "note", "NOTE", COLUMN_TEXT, false },
        { "known", "KNOWN", COLUMN_TEXT, true },
};

const struct columns matrix_columns = COLUMNS(columns);

/* Below the root: of the running machine, or of --root. */
static int open_root(const struct context *context)
{
        return open(context->root ? context->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int write_whole(int root_fd, const char *name, json_object *matrix)
{
        static const char *const folders[] = { "var", "var/lib", MATRIX_STATE };
        const char *text = json_object_to_json_string_ext(matrix, JSON_C_TO_STRING_PRETTY |
                                                                          JSON_C_TO_STRING_NOSLASHESCAPE);
        _cleanup_close_ int fd = -1;
        char unfinished[400];
        int r;

        if (!text)
                return -ENOMEM;
        for (size_t i = 0; i < ELEMENTSOF(folders); i++)
                if (mkdirat(root_fd, folders[i], 0755) < 0 && errno != EEXIST)
                        return -errno;
        (void) snprintf(unfinished, sizeof(unfinished), "%s.new", name);
        fd = openat(root_fd, unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
        r = fd < 0 ? -errno : file_write(fd, text, strlen(text));
        if (r >= 0 && (fsync(fd) < 0 || renameat(root_fd, unfinished, root_fd, name) < 0))
                r = -errno;
        return r;
}

static void keep(int root_fd, json_object *matrix)
{
        char name[MATRIX_NAME_MAX];
        int r;

        r = matrix_kept_name(root_fd, name);
        if (r >= 0)
                r = write_whole(root_fd, name, matrix);
        if (r < 0)
                say("the result cannot be kept in /" MATRIX_STATE ": %s", strerror(-r));
}

static int read_kept(const struct context *context, int root_fd, json_object **ret)
{
        char name[MATRIX_NAME_MAX];
        int r = matrix_kept_read(root_fd, ret);

        (void) matrix_kept_name(root_fd, name);
        switch (r) {
        case 0:
                return EXIT_DONE;
        case -ENODATA:
                complain("not_found",
                         "%s: there is no proc/sys/kernel/osrelease, so which kernel it is "
                         "about cannot be told",
                         context->root ? context->root : "/");
                return EXIT_NOT_FOUND;
        case -ENOENT:
                complain("not_found",
                         "nothing was tried on this kernel yet (there is no /%s): "
                         "\"memctl matrix --run\", as root, does that, and takes some minutes",
                         name);
                return EXIT_NOT_FOUND;
        default:
                complain("failed",
                         "/%s is no result of memctl matrix: \"memctl matrix --run\" makes a new one", name);
                return EXIT_FAILED;
        }
}

static int run_now(const struct context *context, int root_fd, json_object **ret)
{
        int status;

        if (geteuid() != 0) {
                complain("not_authorized", "--run takes pages away from itself, changes settings of the "
                                           "kernel and puts them back: only root may do that");
                return EXIT_NOT_AUTHORIZED;
        }
        status = matrix_say_plan();
        if (status == EXIT_DONE)
                status = matrix_run(context, ret);
        if (*ret)
                keep(root_fd, *ret);
        return status;
}

static int print(const struct context *context, json_object *matrix)
{
        json_object *cells, *more;

        if (output_is_for_people(context))
                return matrix_print(context, matrix);
        cells = json_object_get(value_array(matrix, "cells"));
        more = json_object_new_object();
        json_object_object_foreach(matrix, key, value) if (strcmp(key, "cells") != 0)
                json_object_object_add(more, key, json_object_get(value));
        return output_list_and(context, "cells", cells, &matrix_columns, more);
}

int verb_matrix(struct context *context)
{
        _cleanup_json_ json_object *matrix = NULL;
        _cleanup_close_ int root_fd = open_root(context);
        int status, printed;

        if (root_fd < 0) {
                complain("not_found", "%s: %s", context->root ? context->root : "/", strerror(errno));
                return EXIT_NOT_FOUND;
        }
        status = context->run ? run_now(context, root_fd, &matrix) : read_kept(context, root_fd, &matrix);
        if (!matrix || (status != EXIT_DONE && status != EXIT_NOT_PUT_BACK))
                return status;
        printed = print(context, matrix);
        return status != EXIT_DONE ? status : printed;
}
