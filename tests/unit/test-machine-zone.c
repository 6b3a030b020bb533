/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/zone.h"
#include "tree.h"

#include <errno.h>

static void check_good(const char *text, const char *formatted)
{
        char buf[ZONE_LIST_TEXT_MAX];
        zone_list_t zones = 99;

        assert_int_equal(zone_list_parse(text, &zones), 0);
        zone_list_format(zones, '/', buf, sizeof(buf));
        assert_string_equal(buf, formatted);
}

static void test_good(void **state)
{
        zone_list_t zones;

        (void) state;

        check_good("none", "");
        check_good("Movable", "Movable");
        check_good("Normal Movable", "Normal/Movable");
        check_good("Movable Normal", "Movable/Normal");
        check_good("DMA DMA32 Normal HighMem Movable Device", "DMA/DMA32/Normal/HighMem/Movable/Device");

        assert_int_equal(zone_list_parse("Movable Normal", &zones), 0);
        assert_int_equal(zone_list_get(zones, 0), ZONE_MOVABLE);
        assert_int_equal(zone_list_get(zones, 1), ZONE_NORMAL);
        assert_int_equal(zone_list_get(zones, 2), ZONE_NONE);
        assert_int_equal(zone_list_get(zones, 1000), ZONE_NONE);
        assert_true(zone_list_contains(zones, ZONE_NORMAL));
        assert_false(zone_list_contains(zones, ZONE_DMA));
}

static void test_bad(void **state)
{
        static const char *const texts[] = { "movable", "Movable,Normal", "Normal Normal", "none Movable",
                                             "Normalx", " Movable",       "Nor",           "1" };
        zone_list_t zones;

        (void) state;

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                assert_int_equal(zone_list_parse(texts[i], &zones), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_good), cmocka_unit_test(test_bad) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
