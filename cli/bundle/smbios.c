/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/smbios.h"

#include "basic/cleanup.h"

#include <string.h>

enum { TYPE_MEMORY_DEVICE = 17, TYPE_MAPPED_ADDRESS = 20, TYPE_END = 127 };

/* Offsets in a memory device. */
enum {
        DEVICE_LOCATOR = 0x10,
        BANK_LOCATOR = 0x11,
        MANUFACTURER = 0x17,
        PART_NUMBER = 0x1a,
        FIRMWARE = 0x28
};

/* The structure at data: its length with its strings and the two NULs behind them; 0: it is cut off. */
static size_t structure_size(const uint8_t *data, size_t left)
{
        if (left < 4 || data[1] < 4 || data[1] > left)
                return 0;
        for (size_t end = data[1]; end + 1 < left; end++)
                if (data[end] == 0 && data[end + 1] == 0)
                        return end + 2;
        return 0;
}

/* String number index, from 1 on, which ends with a NUL; "": there is none. */
static const char *string_of(const uint8_t *data, size_t size, uint8_t index)
{
        const char *at = (const char *) data + data[1], *end = (const char *) data + size - 1;

        if (index == 0)
                return "";
        while (--index > 0 && at < end)
                at += strlen(at) + 1;
        return at < end ? at : "";
}

/* Puts it behind the n that there are, if it is one. */
static void put_string(FILE *file, const char *text, uint8_t *n)
{
        if (!*text)
                return;
        (void) fputs(text, file);
        (void) fputc('\0', file);
        ++*n;
}

static void put_device(FILE *file, const uint8_t *data, size_t size)
{
        uint8_t copy[256], length = data[1], n = 0;
        const char *locator = length > DEVICE_LOCATOR ? string_of(data, size, data[DEVICE_LOCATOR]) : "";
        const char *bank = length > BANK_LOCATOR ? string_of(data, size, data[BANK_LOCATOR]) : "";

        memcpy(copy, data, length);
        if (length > DEVICE_LOCATOR)
                copy[DEVICE_LOCATOR] = *locator ? 1 : 0;
        if (length > BANK_LOCATOR)
                copy[BANK_LOCATOR] = !*bank ? 0 : *locator ? 2 : 1;
        for (unsigned int i = MANUFACTURER; i < length; i++)
                if (i <= PART_NUMBER || i >= FIRMWARE)
                        copy[i] = 0;
        (void) fwrite(copy, 1, length, file);
        put_string(file, locator, &n);
        put_string(file, bank, &n);
        (void) fwrite("\0\0", 1, n > 0 ? 1 : 2, file);
}

char *smbios_sanitise(const uint8_t *table, size_t size, size_t *ret_size)
{
        static const uint8_t end[] = { TYPE_END, 4, 0xff, 0xfe, 0, 0 };
        char *text = NULL;
        FILE *file = open_memstream(&text, ret_size);

        if (!file)
                return NULL;
        for (size_t at = 0, n; (n = structure_size(table + at, size - at)) > 0 && table[at] != TYPE_END;
             at += n) {
                if (table[at] == TYPE_MEMORY_DEVICE)
                        put_device(file, table + at, n);
                else if (table[at] == TYPE_MAPPED_ADDRESS) {
                        (void) fwrite(table + at, 1, table[at + 1], file);
                        (void) fwrite("\0\0", 1, 2, file);
                }
        }
        (void) fwrite(end, 1, sizeof(end), file);
        if (fclose(file) == 0)
                return text;
        free(text);
        return NULL;
}
