/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/model/text.h"

#include "basic/cleanup.h"
#include "basic/number.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define TEXT_MAX (64 * 1024)

char *text_read(int dirfd, const char *path)
{
        _cleanup_close_ int fd = -1;
        _cleanup_free_ char *text = NULL;
        size_t length = 0;

        fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return NULL;
        text = malloc(TEXT_MAX);
        if (!text)
                return NULL;

        for (;;) {
                ssize_t n = read(fd, text + length, TEXT_MAX - length);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return NULL;
                if (n == 0)
                        break;
                length += (size_t) n;
                if (length == TEXT_MAX)
                        return NULL;
        }
        text[length] = '\0';
        return TAKE_PTR(text);
}

bool text_number(const char *text, const char *key, uint64_t *ret)
{
        size_t length = strlen(key);

        for (const char *at = strstr(text, key); at; at = strstr(at + 1, key)) {
                const char *digits = at + length + strspn(at + length, " \t");
                size_t n = strspn(digits, "0123456789");
                char number[24];

                if ((at > text && !strchr(" \t\n", at[-1])) || digits == at + length || n == 0 ||
                    n >= sizeof(number))
                        continue;
                memcpy(number, digits, n);
                number[n] = '\0';
                return parse_u64(number, 10, ret) >= 0;
        }
        return false;
}

bool text_kib(const char *text, const char *key, uint64_t *ret)
{
        uint64_t kib;

        if (!text_number(text, key, &kib) || kib > UINT64_MAX / 1024)
                return false;
        *ret = kib * 1024;
        return true;
}
