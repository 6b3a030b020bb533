/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/sanitise.h"
#include "cli/bundle/smbios.h"

#include "basic/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_becomes(enum bundle_how how, const char *text, const char *expected)
{
        struct sanitised_ids ids = { 0 };
        size_t size;
        _cleanup_free_ char *fit = sanitise(how, text, strlen(text), &ids, &size);

        assert_non_null(fit);
        assert_int_equal(size, strlen(expected));
        assert_memory_equal(fit, expected, size);
}

static void test_texts(void **state)
{
        (void) state;

        assert_becomes(BUNDLE_COPY, "a\nb", "a\nb");
        assert_becomes(BUNDLE_EMPTY, "secret", "");
        assert_becomes(BUNDLE_IOMEM,
                       "00001000-bfffffff : System RAM\n  01000000-01ffffff : Kernel code\n"
                       "  02000000-02ffffff : Kernel rodata\n  03000000-03ffffff : Crash kernel\n"
                       "  04000000-04ffffff : Kernel bss",
                       "00001000-bfffffff : System RAM\n  03000000-03ffffff : Crash kernel\n");
        assert_becomes(BUNDLE_CONF, "# password\n[Compaction]\n\t; of node 1\nFree=5%\n#",
                       "[Compaction]\nFree=5%\n");
        assert_becomes(BUNDLE_SWAPS,
                       "Filename Type Size Used Priority\n/home/jane/swap\\040file file 1024 0 "
                       "-2\n/dev/sda2 partition 7 0 1",
                       "Filename Type Size Used Priority\n/swap1 file 1024 0 -2\n/swap2 partition 7 0 1");
        assert_becomes(BUNDLE_SWAPS, "", "");
        assert_becomes(BUNDLE_WORDS,
                       "BOOT_IMAGE=/vmlinuz root=UUID=12 cma=64M,128M rd.luks.key=x quiet  hugepages=4 "
                       "init=\"/bin/sh cma=1\" movable_node cmax=7 memory_hotplug.memmap_on_memory=1\n",
                       "cma=64M,128M hugepages=4 movable_node memory_hotplug.memmap_on_memory=1\n");
        assert_becomes(BUNDLE_WORDS, "secret=\"cma=64M numa=off", "\n");
}

static void test_ids(void **state)
{
        static const char text[] =
                "0a1b2c3d-1111-2222-3333-444455556666 0A1B2C3D-1111-2222-3333-444455556666\n"
                "f0000000-1111-2222-3333-444455556666 0a1b2c3d-1111-2222-3333-44445555666";
        struct sanitised_ids ids = { 0 };
        size_t size;
        _cleanup_free_ char *first = sanitise(BUNDLE_IDS, text, strlen(text), &ids, &size);
        _cleanup_free_ char *second =
                sanitise(BUNDLE_IDS, "f0000000-1111-2222-3333-444455556666", 36, &ids, &size);

        (void) state;

        assert_string_equal(first,
                            "00000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-000000000001\n"
                            "00000000-0000-0000-0000-000000000002 0a1b2c3d-1111-2222-3333-44445555666");
        assert_string_equal(second, "00000000-0000-0000-0000-000000000002");
        for (unsigned int i = 0; i < 2 * IDS_MAX; i++) {
                char uuid[64];
                _cleanup_free_ char *fit = NULL;

                (void) snprintf(uuid, sizeof(uuid), "abcdabcd-0000-0000-0000-%012u", i);
                fit = sanitise(BUNDLE_IDS, uuid, strlen(uuid), &ids, &size);
                assert_null(strstr(fit, "abcdabcd"));
        }
}

/* A memory device of length bytes with these strings, and where it is mapped. */
static size_t make_table(uint8_t *table, uint8_t length)
{
        static const char strings[] = "Maker\0DIMM_A1\0SERIAL7\0BANK 0\0ASSET\0PART\0";
        size_t at = 0;

        memset(table, 0, 512);
        table[0] = 1; /* the system: with a serial number, too */
        table[1] = 8;
        table[4] = 1;
        memcpy(table + 8, "SYSTEM\0", 8);
        at = 16;
        table[at] = 17;
        table[at + 1] = length;
        table[at + 2] = 0x34;
        table[at + 0x10] = 2;
        table[at + 0x11] = 4;
        table[at + 0x17] = 1;
        table[at + 0x18] = 3;
        table[at + 0x19] = 5;
        table[at + 0x1a] = 6;
        if (length > 0x2b)
                table[at + 0x2b] = 3;
        memcpy(table + at + length, strings, sizeof(strings));
        at += length + sizeof(strings);
        table[at] = 20;
        table[at + 1] = 0x13;
        table[at + 0xc] = 0x34;
        return at + 0x13 + 2;
}

static void test_smbios(void **state)
{
        static const char expected[] = "DIMM_A1\0BANK 0\0";
        uint8_t table[512];

        (void) state;

        for (uint8_t length = 0x1b; length < 0x60; length = (uint8_t) (length + 0x0d)) {
                size_t n = make_table(table, length), size;
                _cleanup_free_ char *fit = smbios_sanitise(table, n, &size);
                const uint8_t *out = (const uint8_t *) fit;

                assert_non_null(fit);
                assert_int_equal(out[0], 17);
                assert_int_equal(out[0x10], 1);
                assert_int_equal(out[0x11], 2);
                for (unsigned int i = 0x17; i < 0x1b; i++)
                        assert_int_equal(out[i], 0);
                assert_memory_equal(fit + length, expected, sizeof(expected));
                assert_int_equal(out[length + sizeof(expected)], 20);
                assert_int_equal(size, length + sizeof(expected) + 0x13 + 2 + 6);
                for (const char *const *word =
                             (const char *const[]){ "SERIAL", "SYSTEM", "ASSET", "PART", "Maker", NULL };
                     *word; word++)
                        assert_null(memmem(fit, size, *word, strlen(*word)));
        }
}

/* Cut off anywhere, and with any one byte changed: nothing is read beyond its end (sanitizers look). */
static void test_broken_smbios(void **state)
{
        uint8_t table[512];
        size_t n = make_table(table, 0x28), size;

        (void) state;

        for (size_t cut = 0; cut <= n; cut++) {
                _cleanup_free_ uint8_t *part = malloc(cut + 1);
                _cleanup_free_ char *fit = NULL;

                memcpy(part, table, cut);
                part = realloc(part, cut ? cut : 1);
                fit = smbios_sanitise(part, cut, &size);
                assert_non_null(fit);
                assert_true(size >= 6 && size <= cut + 6);
        }
        for (size_t i = 0; i < n; i++)
                for (unsigned int value = 0; value < 256; value += 5) {
                        _cleanup_free_ uint8_t *changed = malloc(n);
                        _cleanup_free_ char *fit = NULL;

                        memcpy(changed, table, n);
                        changed[i] = (uint8_t) value;
                        fit = smbios_sanitise(changed, n, &size);
                        assert_non_null(fit);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_texts),
                cmocka_unit_test(test_ids),
                cmocka_unit_test(test_smbios),
                cmocka_unit_test(test_broken_smbios),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
