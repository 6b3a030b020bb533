/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/smbios.h"

#include "basic/file.h"

#include <stdbool.h>
#include <string.h>

#define TABLE_PATH "sys/firmware/dmi/tables/DMI"
#define TABLE_MAX  ((size_t) 1024 * 1024)

#define LOCATOR_MAX 64

enum { TYPE_MEMORY_DEVICE = 17, TYPE_MAPPED_ADDRESS = 20, TYPE_END = 127 };

struct smbios {
        size_t size;
        uint8_t table[];
};

/* One structure: its formatted part of length bytes, then strings up to the end. */
struct structure {
        uint8_t type, length;
        uint16_t handle;
        const uint8_t *data;
        const uint8_t *strings, *strings_end;
};

static uint64_t little_endian(const uint8_t *data, unsigned int bytes)
{
        uint64_t value = 0;

        while (bytes-- > 0)
                value = value << 8 | data[bytes];
        return value;
}

/* Reads the structure at *offset and moves on to the next. False at the end, or where the table is broken.
 */
static bool next_structure(const struct smbios *smbios, size_t *offset, struct structure *ret)
{
        const uint8_t *at = smbios->table + *offset;
        size_t left = smbios->size - *offset;
        size_t end;

        if (left < 4 || at[1] < 4 || at[1] > left)
                return false;

        /* The strings end with an empty one: two NULs in a row, also when there is no string at all. */
        for (end = at[1]; end + 1 < left; end++)
                if (at[end] == 0 && at[end + 1] == 0)
                        break;
        if (end + 1 >= left)
                return false;

        *ret = (struct structure){
                .type = at[0],
                .length = at[1],
                .handle = (uint16_t) little_endian(at + 2, 2),
                .data = at,
                .strings = at + at[1],
                .strings_end = at + end,
        };
        *offset += end + 2;
        return at[0] != TYPE_END;
}

/* String number index (from 1), printable and bounded. NULL when there is none or it is blank. */
static char *structure_string(const struct structure *structure, uint8_t index)
{
        const uint8_t *at = structure->strings;
        char text[LOCATOR_MAX + 1];
        size_t length = 0;

        if (index == 0)
                return NULL;
        while (--index > 0) {
                at = memchr(at, 0, (size_t) (structure->strings_end - at));
                if (!at)
                        return NULL;
                at++;
        }

        for (; at < structure->strings_end && *at && length < LOCATOR_MAX; at++)
                text[length++] = *at < ' ' || *at > '~' ? '?' : (char) *at;
        while (length > 0 && text[length - 1] == ' ')
                length--;
        text[length] = '\0';
        return length > 0 ? strdup(text) : NULL;
}

/* The range of a type 20 structure, in bytes. */
static bool mapped_range(const struct structure *structure, uint64_t *start, uint64_t *end)
{
        if (structure->length < 0x13)
                return false;
        *start = little_endian(structure->data + 0x04, 4);
        *end = little_endian(structure->data + 0x08, 4);
        if (*start != UINT32_MAX) {
                /* KiB; the end names the last one */
                *start *= 1024;
                *end = *end * 1024 + 1023;
                return *start <= *end;
        }
        if (structure->length < 0x23)
                return false;
        *start = little_endian(structure->data + 0x13, 8);
        *end = little_endian(structure->data + 0x1b, 8);
        return *start <= *end;
}

static char *locator_of(const struct smbios *smbios, uint16_t handle)
{
        struct structure structure;
        size_t offset = 0;

        while (next_structure(smbios, &offset, &structure))
                if (structure.type == TYPE_MEMORY_DEVICE && structure.handle == handle &&
                    structure.length > 0x10)
                        return structure_string(&structure, structure.data[0x10]);
        return NULL;
}

char *smbios_locator(const struct smbios *smbios, uint64_t start, uint64_t end)
{
        struct structure structure;
        uint16_t handle = 0;
        size_t offset = 0, found = 0;

        while (next_structure(smbios, &offset, &structure)) {
                uint64_t first, last;

                if (structure.type != TYPE_MAPPED_ADDRESS || !mapped_range(&structure, &first, &last))
                        continue;
                if (start < first || end > last)
                        continue;
                handle = (uint16_t) little_endian(structure.data + 0x0c, 2);
                found++;
        }
        return found == 1 ? locator_of(smbios, handle) : NULL;
}

struct smbios *smbios_new(const void *table, size_t size)
{
        struct smbios *smbios;

        smbios = malloc(sizeof(*smbios) + size);
        if (!smbios)
                return NULL;
        smbios->size = size;
        if (size > 0)
                memcpy(smbios->table, table, size);
        return smbios;
}

struct smbios *smbios_read(int dirfd)
{
        _cleanup_free_ char *table = NULL;
        size_t size;

        table = file_read(dirfd, TABLE_PATH, TABLE_MAX, &size);
        return table ? smbios_new(table, size) : NULL;
}

struct smbios *smbios_free(struct smbios *smbios)
{
        free(smbios);
        return NULL;
}
