/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/smbios.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

/* A structure table put together as DSP0134 has it. */
struct table {
        uint8_t bytes[1024];
        size_t size;
};

static void put(uint8_t *at, uint64_t value, unsigned int bytes)
{
        while (bytes-- > 0) {
                *at++ = (uint8_t) value;
                value >>= 8;
        }
}

static uint8_t *add(struct table *table, uint8_t type, uint8_t length, uint16_t handle, const char *strings)
{
        uint8_t *at = table->bytes + table->size;
        size_t n = strlen(strings);

        at[0] = type;
        at[1] = length;
        put(at + 2, handle, 2);
        for (size_t i = 0; i < n; i++)
                at[length + i] = strings[i] == '|' ? 0 : (uint8_t) strings[i];
        /* the last string's NUL and the empty string that ends them; without strings two NULs */
        table->size += length + n + 2;
        return at;
}

static void add_device(struct table *table, uint16_t handle, const char *locator)
{
        char strings[128];

        (void) snprintf(strings, sizeof(strings), "first|%s", locator);
        add(table, 17, 0x28, handle, strings)[0x10] = 2;
}

static void add_range(struct table *table, uint64_t start, uint64_t end, uint16_t device)
{
        uint8_t *at = add(table, 20, 0x23, 0x100, "");

        put(at + 4, start / 1024, 4);
        put(at + 8, end / 1024, 4);
        put(at + 0x0c, device, 2);
}

static void add_far_range(struct table *table, uint64_t start, uint64_t end, uint16_t device)
{
        uint8_t *at = add(table, 20, 0x23, 0x101, "");

        put(at + 4, UINT32_MAX, 4);
        put(at + 8, UINT32_MAX, 4);
        put(at + 0x0c, device, 2);
        put(at + 0x13, start, 8);
        put(at + 0x1b, end, 8);
}

#define GIB (UINT64_C(1) << 30)

static void make(struct table *table)
{
        add(table, 0, 0x18, 0, "a bios|1.0");
        add_device(table, 0x11, "DIMM_A1");
        add_device(table, 0x12, "DIMM \x01_B1  ");
        add_device(table, 0x13, "DIMM_C1");
        add_device(table, 0x14, "DIMM_C2");
        add_range(table, 0, 4 * GIB - 1, 0x11);
        add_far_range(table, UINT64_C(1) << 44, (UINT64_C(1) << 44) + GIB - 1, 0x12);
        add_range(table, 8 * GIB, 9 * GIB - 1, 0x13);
        add_range(table, 8 * GIB, 9 * GIB - 1, 0x14);
        add_range(table, 16 * GIB, 17 * GIB - 1, 0x99);
        add(table, 127, 4, 0x7f, "");
}

static void check(const struct smbios *smbios, uint64_t start, uint64_t end, const char *expected)
{
        char *locator = smbios_locator(smbios, start, end);

        if (expected)
                assert_string_equal(locator, expected);
        else
                assert_null(locator);
        free(locator);
}

static void test_locators(void **state)
{
        struct table table = { 0 };
        struct smbios *smbios;

        (void) state;

        make(&table);
        smbios = smbios_new(table.bytes, table.size);
        check(smbios, 0, 4 * GIB - 1, "DIMM_A1");
        check(smbios, GIB, 2 * GIB - 1, "DIMM_A1");
        check(smbios, UINT64_C(1) << 44, (UINT64_C(1) << 44) + GIB - 1, "DIMM ?_B1");
        check(smbios, 8 * GIB, 9 * GIB - 1, NULL);   /* two devices share it */
        check(smbios, 3 * GIB, 5 * GIB - 1, NULL);   /* not inside one */
        check(smbios, 16 * GIB, 17 * GIB - 1, NULL); /* a handle that leads nowhere */
        check(smbios, 32 * GIB, 33 * GIB - 1, NULL);
        smbios_free(smbios);
}

/* Whatever the firmware's table looks like, reading stays inside it; the sanitizer watches. */
static void test_broken_tables(void **state)
{
        struct table table = { 0 };

        (void) state;

        make(&table);
        for (size_t size = 0; size <= table.size; size++) {
                struct smbios *smbios = smbios_new(table.bytes, size);

                free(smbios_locator(smbios, 0, GIB - 1));
                free(smbios_locator(smbios, UINT64_C(1) << 44, UINT64_C(1) << 44));
                smbios_free(smbios);
        }

        srandom(1);
        for (int round = 0; round < 20000; round++) {
                struct table broken = table;
                struct smbios *smbios;

                for (int i = 0; i < 3; i++)
                        broken.bytes[(size_t) random() % broken.size] = (uint8_t) random();
                smbios = smbios_new(broken.bytes, broken.size);
                free(smbios_locator(smbios, 0, GIB - 1));
                free(smbios_locator(smbios, 8 * GIB, 8 * GIB));
                smbios_free(smbios);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_locators),
                                            cmocka_unit_test(test_broken_tables) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
