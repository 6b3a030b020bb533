/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/attribute.h"

#include "basic/cleanup.h"
#include "basic/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VALUE_MAX 4096

int attribute_read(const char *path, char *ret, size_t size)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        char text[VALUE_MAX], *begin = text, *end;
        ssize_t n;

        if (fd < 0)
                return -errno;
        n = read(fd, text, sizeof(text) - 1);
        if (n < 0)
                return -errno;
        text[n] = '\0';
        end = strchr(text, '[');
        if (end && strchr(end, ']')) {
                begin = end + 1;
                *strchr(begin, ']') = '\0';
        }
        begin[strcspn(begin, "\n")] = '\0';
        (void) snprintf(ret, size, "%s", begin);
        return 0;
}

int attribute_write(const char *path, const char *value)
{
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

        return fd < 0 ? -errno : file_write_value(fd, value);
}

int attribute_printf(const char *path, const char *format, ...)
{
        char value[VALUE_MAX];
        va_list ap;

        va_start(ap, format);
        (void) vsnprintf(value, sizeof(value), format, ap);
        va_end(ap);
        return attribute_write(path, value);
}

uint64_t attribute_number(const char *path, int base)
{
        char text[64];

        return attribute_read(path, text, sizeof(text)) < 0 ? 0 : strtoull(text, NULL, base);
}

bool attribute_exists(const char *path)
{
        return access(path, F_OK) == 0;
}

uint64_t vmstat(const char *name)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/vmstat", "re");
        char line[128];
        size_t n = strlen(name);

        while (f && fgets(line, sizeof(line), f))
                if (strncmp(line, name, n) == 0 && line[n] == ' ')
                        return strtoull(line + n + 1, NULL, 10);
        return 0;
}
