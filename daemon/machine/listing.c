/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/listing.h"

#include "basic/cleanup.h"
#include "basic/number.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

int list_numbered(int dirfd, const char *path, const char *word, listing_handler_t handler, void *userdata)
{
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;
        size_t length = strlen(word);
        int fd, r;

        fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
                return -errno;
        dir = fdopendir(fd);
        if (!dir) {
                r = -errno;
                close(fd);
                return r;
        }

        while ((entry = readdir(dir))) {
                const char *digits = entry->d_name + length;
                uint32_t number;

                if (strncmp(entry->d_name, word, length) != 0 || parse_u32(digits, 10, &number) < 0 ||
                    (digits[0] == '0' && digits[1] != '\0'))
                        continue;
                r = handler(userdata, number);
                if (r < 0)
                        return r;
        }
        return 0;
}
