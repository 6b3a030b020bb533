/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/quote.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 64

char *quote(const char *text, char buf[static QUOTE_MAX])
{
        size_t length = strnlen(text, SHOWN_MAX + 1);
        char shown[SHOWN_MAX + 1];

        for (size_t i = 0; i < length && i < SHOWN_MAX; i++)
                shown[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
        shown[length < SHOWN_MAX ? length : SHOWN_MAX] = '\0';

        (void) snprintf(buf, QUOTE_MAX, "\"%s\"%s", shown, length > SHOWN_MAX ? "..." : "");
        return buf;
}
