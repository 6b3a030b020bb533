/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/printable.h"

void printable_copy(char *buf, size_t size, const char *text, size_t n)
{
        if (n >= size)
                n = size - 1;
        for (size_t i = 0; i < n; i++)
                buf[i] = (char) (text[i] < ' ' || text[i] > '~' ? '?' : text[i]);
        buf[n] = '\0';
}
