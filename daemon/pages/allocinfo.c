/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/allocinfo.h"

#include "basic/number.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Some thousand lines are usual; a file of somebody's without end is not read to it. */
#define LINES_MAX 200000

static void keep(struct allocation_list *list, const struct allocation *allocation)
{
        size_t i = list->n_items;

        while (i > 0 && list->items[i - 1].bytes < allocation->bytes)
                i--;
        if (i == ALLOCATIONS_MAX)
                return;
        if (list->n_items < ALLOCATIONS_MAX)
                list->n_items++;
        memmove(&list->items[i + 1], &list->items[i], (list->n_items - 1 - i) * sizeof(*list->items));
        list->items[i] = *allocation;
}

/* "  4096   1 mm/page_ext.c:270 func:alloc_page_ext ": bytes (a sum over CPUs, now and then below 0), calls.
 */
static bool parse_line(char *line, struct allocation *ret)
{
        char *save = NULL, *bytes = strtok_r(line, " ", &save), *calls = strtok_r(NULL, " ", &save);
        size_t length;
        uint64_t n;

        if (!bytes || !calls || !save || parse_u64(calls, 10, &n) < 0)
                return false;
        if (parse_u64(bytes + (*bytes == '-'), 10, &ret->bytes) < 0)
                return false;
        if (*bytes == '-')
                ret->bytes = 0;
        length = strcspn(save, "\n");
        while (length > 0 && save[length - 1] == ' ')
                length--;
        if (length == 0 || length >= sizeof(ret->place))
                return false;
        for (size_t i = 0; i < length; i++)
                if (!isprint((unsigned char) save[i]))
                        return false;
        memcpy(ret->place, save, length);
        ret->place[length] = '\0';
        return true;
}

int allocinfo_read(struct tree *tree, struct allocation_list *ret)
{
        static const char heading[] = "allocinfo - version: ";
        _cleanup_fclose_ FILE *f = NULL;
        char line[512];
        int fd;

        *ret = (struct allocation_list){ 0 };
        fd = openat(tree->root_fd, "proc/allocinfo", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return -errno;
        f = fdopen(fd, "re");
        if (!f) {
                close(fd);
                return -ENOMEM;
        }
        if (!fgets(line, sizeof(line), f) || strncmp(line, heading, sizeof(heading) - 1) != 0)
                return -EBADMSG;
        for (int i = 0; i < LINES_MAX && fgets(line, sizeof(line), f); i++) {
                struct allocation allocation;

                if (parse_line(line, &allocation) && allocation.bytes > 0)
                        keep(ret, &allocation);
        }
        return 0;
}
