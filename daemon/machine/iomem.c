/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/iomem.h"

#include "basic/file.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define IOMEM_MAX ((size_t) 16 * 1024 * 1024)

/* The kernel's own tree is not half as deep. */
#define LEVELS_MAX 16

/* Names of resources are short; a longer one is cut. */
#define NAME_MAX_SHOWN 64

static const char ram[] = "System RAM";

void iomem_clear(struct iomem *iomem)
{
        for (size_t i = 0; i < iomem->n_ranges; i++)
                free(iomem->ranges[i].driver);
        free(iomem->ranges);
        *iomem = (struct iomem){ 0 };
}

/* A line: "  140000000-147ffffff : System RAM (virtio_mem)", two spaces a level. The name is left where it
 * is. */
static bool parse_line(char *line, size_t *ret_level, struct iomem_range *range, char **ret_name)
{
        size_t spaces = strspn(line, " ");
        int name = 0;

        if (!isxdigit((unsigned char) line[spaces]) ||
            sscanf(line + spaces, "%16" SCNx64 "-%16" SCNx64 " : %n", &range->start, &range->end, &name) !=
                    2 ||
            name == 0 || line[spaces + (size_t) name] == '\0')
                return false;
        *ret_level = spaces / 2;
        *ret_name = line + spaces + name;
        if (strlen(*ret_name) > NAME_MAX_SHOWN)
                (*ret_name)[NAME_MAX_SHOWN] = '\0';
        for (char *c = *ret_name; *c; c++)
                if (!isprint((unsigned char) *c))
                        *c = '?';
        return *ret_level < LEVELS_MAX && range->start < range->end;
}

static int add(struct iomem *iomem, const struct iomem_range *range, const char *driver, size_t length)
{
        struct iomem_range *ranges = reallocarray(iomem->ranges, iomem->n_ranges + 1, sizeof(*ranges));

        if (!ranges)
                return -ENOMEM;
        iomem->ranges = ranges;
        ranges[iomem->n_ranges] = *range;
        ranges[iomem->n_ranges].driver = strndup(driver, length);
        if (!ranges[iomem->n_ranges].driver)
                return -ENOMEM;
        iomem->n_ranges++;
        return 0;
}

/* "System RAM (virtio_mem)" below above[0..level): the nearest that is no memory itself is the device. */
static int add_managed(struct iomem *iomem, const struct iomem_range *range, const char *name,
                       char *const *above, size_t level)
{
        const char *driver = strchr(name, '(');
        size_t length;

        if (strncmp(name, ram, strlen(ram)) != 0 || !driver)
                return 0;
        driver++;
        length = strcspn(driver, ")");
        if (length == 0)
                return 0;
        while (level-- > 0)
                if (above[level] && strncmp(above[level], ram, strlen(ram)) != 0)
                        return add(iomem, range, above[level], strlen(above[level]));
        return add(iomem, range, driver, length);
}

static int compare_ranges(const void *a, const void *b)
{
        const struct iomem_range *x = a, *y = b;

        return x->start < y->start ? -1 : x->start > y->start;
}

int iomem_read(struct tree *tree, struct iomem *ret)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/iomem", IOMEM_MAX, NULL);
        _cleanup_(iomem_clear) struct iomem iomem = { 0 };
        char *above[LEVELS_MAX] = { NULL }, *save = NULL;
        int r = 0;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; r >= 0 && line;
             line = strtok_r(NULL, "\n", &save)) {
                struct iomem_range range = { 0 };
                size_t level;
                char *name;

                if (!parse_line(line, &level, &range, &name))
                        continue;
                r = add_managed(&iomem, &range, name, above, level);
                above[level] = name;
                for (size_t i = level + 1; i < LEVELS_MAX; i++)
                        above[i] = NULL;
        }
        if (r < 0)
                return r;
        if (iomem.n_ranges > 0)
                qsort(iomem.ranges, iomem.n_ranges, sizeof(*iomem.ranges), compare_ranges);
        *ret = iomem;
        iomem = (struct iomem){ 0 };
        return 0;
}

/* What a block of the range has as driver; its name is taken over. DRIVER_NONE: there are too many. */
static int find_driver(struct snapshot *snapshot, struct iomem_range *range, uint16_t *ret)
{
        char **drivers;

        for (size_t i = 0; i < snapshot->n_drivers; i++)
                if (strcmp(snapshot->drivers[i], range->driver) == 0) {
                        *ret = (uint16_t) (i + 1);
                        return 0;
                }
        *ret = DRIVER_NONE;
        if (snapshot->n_drivers == UINT16_MAX)
                return 0;
        drivers = reallocarray(snapshot->drivers, snapshot->n_drivers + 1, sizeof(*drivers));
        if (!drivers)
                return -ENOMEM;
        snapshot->drivers = drivers;
        snapshot->drivers[snapshot->n_drivers] = TAKE_PTR(range->driver);
        *ret = (uint16_t) ++snapshot->n_drivers;
        return 0;
}

static void forget_drivers(struct snapshot *snapshot)
{
        for (size_t i = 0; i < snapshot->n_drivers; i++)
                free(snapshot->drivers[i]);
        free(snapshot->drivers);
        snapshot->drivers = NULL;
        snapshot->n_drivers = 0;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                snapshot->blocks[i].driver = DRIVER_NONE;
}

int iomem_place(struct tree *tree, struct snapshot *snapshot)
{
        _cleanup_(iomem_clear) struct iomem iomem = { 0 };
        size_t at = 0;
        int r;

        forget_drivers(snapshot);
        r = iomem_read(tree, &iomem);
        for (size_t i = 0; r >= 0 && i < iomem.n_ranges; i++) {
                struct iomem_range *range = &iomem.ranges[i];
                uint64_t first = range->start / snapshot->block_size,
                         last = range->end / snapshot->block_size;
                uint16_t driver;

                r = find_driver(snapshot, range, &driver);
                while (at < snapshot->n_blocks && snapshot->blocks[at].number < first)
                        at++;
                /* hostile ranges may overlap: the first has the block */
                for (size_t j = at; r >= 0 && j < snapshot->n_blocks && snapshot->blocks[j].number <= last;
                     j++)
                        if (snapshot->blocks[j].driver == DRIVER_NONE)
                                snapshot->blocks[j].driver = driver;
        }
        return r;
}
