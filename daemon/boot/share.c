/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/share.h"

#include "daemon/machine/cmdline.h"

#include <stdio.h>
#include <string.h>

void boot_share_pick(enum boot_share share, bool own, const char *parameters, char *buf, size_t size)
{
        size_t at = 0, n = 0;
        struct cmdline_word word;

        *buf = '\0';
        while (cmdline_next(parameters, strlen(parameters), &at, &word)) {
                bool memmap = cmdline_word_is(parameters, &word, BOOT_MEMMAP_PARAMETER);
                size_t length = word.end - word.start;

                if ((memmap == (share == BOOT_SHARE_MEMMAP)) != own || n + length + 2 > size)
                        continue;
                n += (size_t) snprintf(buf + n, size - n, "%s%.*s", n > 0 ? " " : "", (int) length,
                                       parameters + word.start);
        }
}
