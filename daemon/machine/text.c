/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/text.h"

#include "basic/file.h"
#include "basic/number.h"

#include <string.h>

#define TEXT_MAX ((size_t) 64 * 1024)

char *text_read(int dirfd, const char *path)
{
        return file_read(dirfd, path, TEXT_MAX, NULL);
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
