/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/sanitise.h"

#include "basic/cleanup.h"
#include "cli/bundle/smbios.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define UUID_LENGTH 36

/* The place of the kernel's image is chosen anew at each boot so that nobody knows it. */
static bool tells_the_kernel(const char *line, size_t n)
{
        static const char name[] = " : Kernel ";

        return memmem(line, n, name, sizeof(name) - 1) != NULL;
}

static bool is_comment(const char *line, size_t n)
{
        while (n > 0 && (*line == ' ' || *line == '\t')) {
                line++;
                n--;
        }
        return n > 0 && (*line == '#' || *line == ';');
}

static void put_lines(FILE *file, const char *data, size_t size, bool (*is_left_out)(const char *, size_t))
{
        while (size > 0) {
                const char *end = memchr(data, '\n', size);
                size_t n = end ? (size_t) (end - data) + 1 : size;

                if (!is_left_out(data, n))
                        (void) fwrite(data, 1, n, file);
                data += n;
                size -= n;
        }
}

/* Their names, up to a '='. */
static bool is_about_memory(const char *word, size_t n)
{
        static const char *const names[] = {
                "cma",
                "cma_pernuma",
                "crashkernel",
                "default_hugepagesz",
                "hugepages",
                "hugepagesz",
                "hugetlb_cma",
                "hugetlb_free_vmemmap",
                "kernelcore",
                "mem",
                "memhp_default_online_type",
                "memhp_default_state",
                "memmap",
                "memory_hotplug.auto_movable_ratio",
                "memory_hotplug.memmap_on_memory",
                "memory_hotplug.online_policy",
                "movable_node",
                "movablecore",
                "numa",
                "numa_balancing",
                "numa_cma",
                "page_owner",
                "transparent_hugepage",
        };
        const char *end = memchr(word, '=', n);
        size_t length = end ? (size_t) (end - word) : n;

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strlen(names[i]) == length && memcmp(names[i], word, length) == 0)
                        return true;
        return false;
}

/* Blanks within double quotes do not end a word. */
static void put_words(FILE *file, const char *data, size_t size)
{
        const char *between = "";

        for (size_t at = 0; at < size;) {
                size_t begin = at;
                bool quoted = false;

                for (; at < size && (quoted || !isspace((unsigned char) data[at])); at++)
                        quoted ^= data[at] == '"';
                if (is_about_memory(data + begin, at - begin)) {
                        (void) fprintf(file, "%s%.*s", between, (int) (at - begin), data + begin);
                        between = " ";
                }
                while (at < size && isspace((unsigned char) data[at]))
                        at++;
        }
        (void) fputc('\n', file);
}

/* The first line is a heading; of the others the first word is a name. */
static void put_swaps(FILE *file, const char *data, size_t size)
{
        for (unsigned int line = 0; size > 0; line++) {
                const char *end = memchr(data, '\n', size);
                size_t n = end ? (size_t) (end - data) + 1 : size, name = 0;

                if (line > 0) {
                        while (name < n && !isspace((unsigned char) data[name]))
                                name++;
                        (void) fprintf(file, "/swap%u", line);
                }
                (void) fwrite(data + name, 1, n - name, file);
                data += n;
                size -= n;
        }
}

static bool is_uuid(const char *data, size_t size)
{
        if (size < UUID_LENGTH)
                return false;
        for (size_t i = 0; i < UUID_LENGTH; i++)
                if (i == 8 || i == 13 || i == 18 || i == 23 ? data[i] != '-'
                                                            : !isxdigit((unsigned char) data[i]))
                        return false;
        return true;
}

/* From 1 on; those beyond IDS_MAX are all 0. */
static size_t number_of(struct sanitised_ids *ids, const char *uuid)
{
        for (size_t i = 0; i < ids->n; i++)
                if (strncasecmp(ids->ids[i], uuid, UUID_LENGTH) == 0)
                        return i + 1;
        if (ids->n == IDS_MAX)
                return 0;
        memcpy(ids->ids[ids->n], uuid, UUID_LENGTH);
        return ++ids->n;
}

static void put_ids(FILE *file, const char *data, size_t size, struct sanitised_ids *ids)
{
        while (size > 0) {
                size_t n = is_uuid(data, size) ? UUID_LENGTH : 1;

                if (n > 1)
                        (void) fprintf(file, "00000000-0000-0000-0000-%012zu", number_of(ids, data));
                else
                        (void) fputc(*data, file);
                data += n;
                size -= n;
        }
}

char *sanitise(enum bundle_how how, const char *data, size_t size, struct sanitised_ids *ids,
               size_t *ret_size)
{
        char *text = NULL;
        FILE *file;

        if (how == BUNDLE_SMBIOS)
                return smbios_sanitise((const uint8_t *) data, size, ret_size);
        file = open_memstream(&text, ret_size);
        if (!file)
                return NULL;
        switch (how) {
        case BUNDLE_IOMEM:
                put_lines(file, data, size, tells_the_kernel);
                break;
        case BUNDLE_CONF:
                put_lines(file, data, size, is_comment);
                break;
        case BUNDLE_WORDS:
                put_words(file, data, size);
                break;
        case BUNDLE_SWAPS:
                put_swaps(file, data, size);
                break;
        case BUNDLE_IDS:
                put_ids(file, data, size, ids);
                break;
        case BUNDLE_EMPTY:
                break;
        default:
                (void) fwrite(data, 1, size, file);
        }
        if (fclose(file) == 0)
                return text;
        free(text);
        return NULL;
}
