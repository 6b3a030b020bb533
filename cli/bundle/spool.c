/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/spool.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define CHUNK ((size_t) 256 * 1024) /* a multiple of 8: /proc/kpageflags gives no less */

static bool is_zero(const char *data, size_t size)
{
        return size == 0 || (data[0] == 0 && memcmp(data, data + 1, size - 1) == 0);
}

static int put(int fd, const char *data, size_t size, uint64_t at)
{
        while (size > 0) {
                ssize_t n = pwrite(fd, data, size, (off_t) at);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return n < 0 ? -errno : -EIO;
                data += n;
                at += (uint64_t) n;
                size -= (size_t) n;
        }
        return 0;
}

int spool(int fd, uint64_t max, uint64_t *ret_size)
{
        _cleanup_free_ char *chunk = malloc(CHUNK);
        FILE *file = tmpfile();
        _cleanup_close_ int kept = file ? dup(fileno(file)) : -1;
        uint64_t size = 0;
        int r;

        if (file)
                (void) fclose(file);
        if (!chunk || kept < 0)
                return -ENOMEM;
        for (;;) {
                ssize_t n = read(fd, chunk, CHUNK);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                if ((uint64_t) n > max - size)
                        return -EFBIG;
                r = is_zero(chunk, (size_t) n) ? 0 : put(kept, chunk, (size_t) n, size);
                if (r < 0)
                        return r;
                size += (uint64_t) n;
        }
        if (ftruncate(kept, (off_t) size) < 0)
                return -errno;
        *ret_size = size;
        return TAKE_FD(kept);
}
