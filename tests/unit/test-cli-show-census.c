/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/census.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const uint32_t block[] = { 1, 1, 2, 2, 9, 2 };
static const uint8_t class[] = { 0, 1, 0, 1, 1, 1 };
static const uint16_t owner[] = { WIRE_OWNER_NONE, 0, WIRE_OWNER_NONE, 1, 0, 0 };
static const uint8_t order[] = { 10, 0, 10, 0, 3, 3 };
static const uint64_t pages[] = { 100, 5, 50, 70, 1, 2 };

#define COLUMN(a)                                                                                           \
        {                                                                                                   \
                (a), ELEMENTSOF(a)                                                                          \
        }

static const struct wire_survey survey = {
        .block = COLUMN(block),
        .class = COLUMN(class),
        .owner = COLUMN(owner),
        .order = COLUMN(order),
        .pages = COLUMN(pages),
};

static const uint32_t number[] = { 1, 2, 3 };
static const int32_t node[] = { 1, 0, 0 };
static const struct wire_blocks blocks = { .number = COLUMN(number), .node = COLUMN(node) };

static void assert_rows(enum census_by by, const struct census_row *expected, size_t n_expected)
{
        _cleanup_free_ struct census_row *rows = NULL;
        size_t n;

        assert_int_equal(census_make(&survey, by, &blocks, &rows, &n), 0);
        assert_int_equal(n, n_expected);
        for (size_t i = 0; i < n; i++) {
                assert_int_equal(rows[i].key, expected[i].key);
                assert_int_equal(rows[i].pages, expected[i].pages);
                assert_int_equal(rows[i].owner, expected[i].owner);
                assert_int_equal(rows[i].class, expected[i].class);
        }
}

static void test_owner(void **state)
{
        static const struct census_row expected[] = {
                { 0, 150, WIRE_OWNER_NONE, 0 },
                { 0, 70, 1, 1 },
                { 0, 8, 0, 1 },
        };

        (void) state;

        assert_rows(CENSUS_BY_OWNER, expected, ELEMENTSOF(expected));
}

static void test_block(void **state)
{
        static const struct census_row expected[] = {
                { 1, 100, WIRE_OWNER_NONE, 0 }, { 1, 5, 0, 1 }, { 2, 70, 1, 1 },
                { 2, 50, WIRE_OWNER_NONE, 0 },  { 2, 2, 0, 1 }, { 9, 1, 0, 1 },
        };

        (void) state;

        assert_rows(CENSUS_BY_BLOCK, expected, ELEMENTSOF(expected));
}

/* Block 9 is in no list: its node is not known, which is not node 0. */
static void test_node(void **state)
{
        static const struct census_row expected[] = {
                { -1, 1, 0, 1 },
                { 0, 70, 1, 1 },
                { 0, 50, WIRE_OWNER_NONE, 0 },
                { 0, 2, 0, 1 },
                { 1, 100, WIRE_OWNER_NONE, 0 },
                { 1, 5, 0, 1 },
        };

        (void) state;

        assert_rows(CENSUS_BY_NODE, expected, ELEMENTSOF(expected));
}

static void test_order(void **state)
{
        static const struct census_row expected[] = {
                { 0, 70, 1, 1 },
                { 0, 5, 0, 1 },
                { 3, 3, 0, 1 },
                { 10, 150, WIRE_OWNER_NONE, 0 },
        };

        (void) state;

        assert_rows(CENSUS_BY_ORDER, expected, ELEMENTSOF(expected));
}

static void test_nothing(void **state)
{
        static const struct wire_survey empty;
        static const struct wire_blocks none;
        _cleanup_free_ struct census_row *rows = NULL;
        size_t n = 1;

        (void) state;

        assert_int_equal(census_make(&empty, CENSUS_BY_NODE, &none, &rows, &n), 0);
        assert_int_equal(n, 0);
}

static void test_words(void **state)
{
        static const char *const bad[] = { "", "Owner", "owners", "own", "blocks", "order " };
        enum census_by by;

        (void) state;

        for (by = CENSUS_BY_OWNER; by <= CENSUS_BY_ORDER; by++) {
                enum census_by parsed;

                assert_int_equal(census_by_parse(census_by_name(by), &parsed), 0);
                assert_int_equal(parsed, by);
        }
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_int_equal(census_by_parse(bad[i], &by), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_owner), cmocka_unit_test(test_block),   cmocka_unit_test(test_node),
                cmocka_unit_test(test_order), cmocka_unit_test(test_nothing), cmocka_unit_test(test_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
