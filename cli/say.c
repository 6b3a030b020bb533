/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/say.h"

#include "basic/cleanup.h"

#include <bytesize/bs_size.h>
#include <stdarg.h>
#include <string.h>

static void put(FILE *file, const char *before, const char *format, va_list ap)
{
        _cleanup_free_ char *text = NULL;

        if (vasprintf(&text, format, ap) < 0) {
                text = NULL;
                return;
        }
        for (char *c = text; *c; c++)
                if ((unsigned char) *c < ' ' || *c == 127)
                        *c = '?';
        (void) fprintf(file, "%s%s\n", before, text);
}

void say(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        put(stderr, "memctl: ", format, ap);
        va_end(ap);
}

void tell(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        put(stdout, "", format, ap);
        va_end(ap);
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
