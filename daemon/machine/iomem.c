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

/* Memory that is never given back, however empty its block. */
static const char *const reserved_names[] = {
        "Crash kernel", "Kernel code", "Kernel rodata", "Kernel data", "Kernel bss",
};

static void clear_list(struct iomem_list *list)
{
        for (size_t i = 0; i < list->n; i++)
                free(list->ranges[i].name);
        free(list->ranges);
}

void iomem_clear(struct iomem *iomem)
{
        for (size_t i = 0; i < iomem->n_managed; i++) {
                free(iomem->managed[i].device);
                free(iomem->managed[i].driver);
        }
        free(iomem->managed);
        clear_list(&iomem->memory);
        clear_list(&iomem->reserved);
        clear_list(&iomem->others);
        *iomem = (struct iomem){ 0 };
}

/* A line: "  140000000-147ffffff : System RAM (virtio_mem)", two spaces a level. The name is left where it
 * is. */
static bool parse_line(char *line, size_t *ret_level, struct iomem_range *range)
{
        size_t spaces = strspn(line, " ");
        int name = 0;

        if (!isxdigit((unsigned char) line[spaces]) ||
            sscanf(line + spaces, "%16" SCNx64 "-%16" SCNx64 " : %n", &range->start, &range->end, &name) !=
                    2 ||
            name == 0 || line[spaces + (size_t) name] == '\0')
                return false;
        *ret_level = spaces / 2;
        range->name = line + spaces + name;
        if (strlen(range->name) > NAME_MAX_SHOWN)
                range->name[NAME_MAX_SHOWN] = '\0';
        for (char *c = range->name; *c; c++)
                if (!isprint((unsigned char) *c))
                        *c = '?';
        return *ret_level < LEVELS_MAX && range->start < range->end;
}

static bool is_memory(const struct iomem_range *range)
{
        return range->name && strncmp(range->name, ram, strlen(ram)) == 0;
}

static int add(struct iomem_list *list, const struct iomem_range *range)
{
        /* by doubling, whenever the number is a power of two */
        if ((list->n & (list->n - 1)) == 0) {
                struct iomem_range *ranges =
                        reallocarray(list->ranges, list->n ? 2 * list->n : 1, sizeof(*ranges));

                if (!ranges)
                        return -ENOMEM;
                list->ranges = ranges;
        }
        list->ranges[list->n] = *range;
        list->ranges[list->n].name = strdup(range->name);
        return list->ranges[list->n].name ? (list->n++, 0) : -ENOMEM;
}

/* "System RAM (virtio_mem)" below above[0..level): the nearest that is no memory itself is the device. */
static int add_managed(struct iomem *iomem, const struct iomem_range *range, const struct iomem_range *above,
                       size_t level)
{
        const char *driver = strchr(range->name, '(');
        size_t length = driver ? strcspn(driver + 1, ")") : 0;
        const struct iomem_range *device = NULL;
        struct iomem_managed *managed;

        if (length == 0)
                return 0;
        while (!device && level-- > 0)
                if (above[level].name && !is_memory(&above[level]))
                        device = &above[level];
        managed = reallocarray(iomem->managed, iomem->n_managed + 1, sizeof(*managed));
        if (!managed)
                return -ENOMEM;
        iomem->managed = managed;
        managed += iomem->n_managed++;
        *managed = (struct iomem_managed){
                .start = range->start,
                .end = range->end,
                .device = device ? strdup(device->name) : strndup(driver + 1, length),
                .driver = strndup(driver + 1, length),
                .device_bytes = device ? device->end - device->start + 1 : 0,
        };
        return managed->device && managed->driver ? 0 : -ENOMEM;
}

static int add_line(struct iomem *iomem, const struct iomem_range *range, const struct iomem_range *above,
                    size_t level)
{
        int r = 0;

        if (is_memory(range)) {
                r = add(&iomem->memory, range);
                return r < 0 ? r : add_managed(iomem, range, above, level);
        }
        if (level == 0)
                return add(&iomem->others, range);
        for (size_t i = 0; r >= 0 && is_memory(&above[level - 1]) && i < ELEMENTSOF(reserved_names); i++)
                if (strcmp(range->name, reserved_names[i]) == 0)
                        r = add(&iomem->reserved, range);
        return r;
}

static int compare_ranges(const void *a, const void *b)
{
        const struct iomem_range *x = a, *y = b;

        return x->start < y->start ? -1 : x->start > y->start;
}

static void sort(struct iomem_list *list)
{
        if (list->n > 0)
                qsort(list->ranges, list->n, sizeof(*list->ranges), compare_ranges);
}

static int compare_managed(const void *a, const void *b)
{
        const struct iomem_managed *x = a, *y = b;

        return x->start < y->start ? -1 : x->start > y->start;
}

int iomem_read(struct tree *tree, struct iomem *ret)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/iomem", IOMEM_MAX, NULL);
        _cleanup_(iomem_clear) struct iomem iomem = { 0 };
        struct iomem_range above[LEVELS_MAX] = { 0 };
        char *save = NULL;
        int r = 0;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; r >= 0 && line;
             line = strtok_r(NULL, "\n", &save)) {
                struct iomem_range range = { 0 };
                size_t level;

                if (!parse_line(line, &level, &range))
                        continue;
                r = add_line(&iomem, &range, above, level);
                above[level] = range;
                for (size_t i = level + 1; i < LEVELS_MAX; i++)
                        above[i] = (struct iomem_range){ 0 };
        }
        if (r < 0)
                return r;
        if (iomem.n_managed > 0)
                qsort(iomem.managed, iomem.n_managed, sizeof(*iomem.managed), compare_managed);
        sort(&iomem.memory);
        sort(&iomem.reserved);
        sort(&iomem.others);
        *ret = iomem;
        iomem = (struct iomem){ 0 };
        return 0;
}
