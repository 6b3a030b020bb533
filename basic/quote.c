/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/quote.h"

#include "basic/printable.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 64

char *quote(const char *text, char buf[static QUOTE_MAX])
{
        size_t length = strnlen(text, SHOWN_MAX + 1);
        char shown[SHOWN_MAX + 1];

        printable_copy(shown, sizeof(shown), text, length);
        (void) snprintf(buf, QUOTE_MAX, "\"%s\"%s", shown, length > SHOWN_MAX ? "..." : "");
        return buf;
}
