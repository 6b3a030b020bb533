/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/say.h"

#include "basic/cleanup.h"

#include <bytesize/bs_size.h>
#include <stdarg.h>
#include <string.h>

void say(const char *format, ...)
{
        _cleanup_free_ char *text = NULL;
        va_list ap;
        int r;

        va_start(ap, format);
        r = vasprintf(&text, format, ap);
        va_end(ap);
        if (r < 0) {
                text = NULL;
                return;
        }
        for (char *c = text; *c; c++)
                if ((unsigned char) *c < ' ' || *c == 127)
                        *c = '?';
        (void) fprintf(stderr, "memctl: %s\n", text);
}

char *human_size(uint64_t bytes)
{
        BSSize size = bs_size_new_from_bytes(bytes, 1);
        char *text;

        if (!size)
                return NULL;
        text = bs_size_human_readable(size, BS_BUNIT_B, 2, false);
        bs_size_free(size);
        return text;
}
