/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/file.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

char *file_read_fd(int fd, size_t max, size_t *ret_size)
{
        _cleanup_free_ char *data = malloc(max);
        size_t size = 0;

        if (!data)
                return NULL;

        for (;;) {
                ssize_t n = read(fd, data + size, max - size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return NULL;
                if (n == 0)
                        break;
                size += (size_t) n;
                if (size == max)
                        return NULL;
        }

        data[size] = '\0';
        if (ret_size)
                *ret_size = size;
        return TAKE_PTR(data);
}

char *file_read(int dirfd, const char *path, size_t max, size_t *ret_size)
{
        _cleanup_close_ int fd = -1;

        /* O_NONBLOCK: a FIFO in somebody's tree must not hold us */
        fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        return fd < 0 ? NULL : file_read_fd(fd, max, ret_size);
}

int file_write(int fd, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t n = write(fd, data, size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                data += n;
                size -= (size_t) n;
        }
        return 0;
}

int file_write_value(int fd, const char *value)
{
        ssize_t n = write(fd, value, strlen(value));

        if (n < 0)
                return -errno;
        return (size_t) n == strlen(value) ? 0 : -EIO;
}
