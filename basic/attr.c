/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/attr.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

static bool is_text(const char *s, size_t length)
{
        for (size_t i = 0; i < length; i++)
                if ((s[i] < ' ' || s[i] > '~') && s[i] != '\t' && s[i] != '\n')
                        return false;
        return true;
}

ssize_t attr_read(int dirfd, const char *path, char *buf, size_t size)
{
        _cleanup_close_ int fd = -1;
        size_t length = 0;

        /* O_NONBLOCK: a FIFO in somebody's tree must not hold us; O_NOFOLLOW: attributes are never links. */
        fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return -errno;

        for (;;) {
                ssize_t n = read(fd, buf + length, size - length);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                length += (size_t) n;
                if (length == size)
                        return -EMSGSIZE;
                /* sysfs hands out a whole attribute in one read, ended by a newline */
                if (buf[length - 1] == '\n')
                        break;
        }

        if (length == 0)
                return -ENODATA;
        if (!is_text(buf, length))
                return -EBADMSG;
        if (buf[length - 1] == '\n')
                length--;
        if (length == 0)
                return -ENODATA;
        buf[length] = '\0';
        return (ssize_t) length;
}

const char *attr_strerror(int error)
{
        switch (error < 0 ? -error : error) {
        case ENOENT:
                return "is missing";
        case ENODATA:
                return "is empty";
        case EMSGSIZE:
                return "is longer than an attribute can be";
        case EBADMSG:
                return "holds bytes that are not text";
        case ELOOP:
                return "is a link, not an attribute";
        case EAGAIN:
        case EISDIR:
                return "is not a regular file";
        default:
                return strerror(error < 0 ? -error : error);
        }
}
