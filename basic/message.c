/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/message.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fail(char **message, int error, const char *format, ...)
{
        va_list ap;

        if (!message)
                return error;

        free(*message);
        *message = NULL;

        va_start(ap, format);
        if (vasprintf(message, format, ap) < 0)
                *message = NULL;
        va_end(ap);

        return error;
}

void message_set(char **message, const char *text)
{
        free(*message);
        *message = text ? strdup(text) : NULL;
}
