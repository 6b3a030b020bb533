/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/replace.h"

#include "cli/run/say.h"
#include "basic/cleanup.h"
#include "basic/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int failed(const char *path, int error)
{
        char quoted[QUOTE_MAX];

        complain("failed", "cannot write %s: %s", quote(path, quoted), strerror(-error));
        return error;
}

/* What the mode of a file would be that is simply created. */
static mode_t usual_mode(void)
{
        mode_t mask = umask(0);

        (void) umask(mask);
        return 0666 & ~mask;
}

int replace_begin(struct replacement *replacement, const char *path)
{
        _cleanup_free_ char *temporary = NULL;
        _cleanup_close_ int fd = -1;
        char quoted[QUOTE_MAX];
        struct stat st;

        /* A rename over /dev/stdout would be a surprise. */
        if (*path == '\0' || (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))) {
                complain("failed", "cannot write %s: accepted is the name of a regular file, or of none yet",
                    quote(path, quoted));
                return -EINVAL;
        }
        if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
                return failed(path, -ENOMEM);
        fd = mkostemp(temporary, O_CLOEXEC);
        if (fd < 0)
                return failed(path, -errno);
        *replacement = (struct replacement){ .path = path, .file = fdopen(fd, "we") };
        if (!replacement->file || fchmod(fd, usual_mode()) < 0) {
                int error = -errno;

                (void) unlink(temporary);
                if (replacement->file) {
                        (void) TAKE_FD(fd);
                        (void) fclose(replacement->file);
                }
                return failed(path, error);
        }
        (void) TAKE_FD(fd);
        replacement->temporary = TAKE_PTR(temporary);
        return 0;
}

void replace_abandon(struct replacement *replacement)
{
        (void) fclose(replacement->file);
        (void) unlink(replacement->temporary);
        free(replacement->temporary);
}

int replace_finish(struct replacement *replacement)
{
        _cleanup_free_ char *temporary = replacement->temporary;
        int error = 0;

        errno = EIO;
        if (ferror(replacement->file) || fflush(replacement->file) != 0)
                error = -errno;
        if (fclose(replacement->file) != 0 && error == 0)
                error = -errno;
        if (error == 0 && rename(temporary, replacement->path) < 0)
                error = -errno;
        if (error == 0)
                return 0;
        (void) unlink(temporary);
        return failed(replacement->path, error);
}
