/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/pages.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_missing(void **state)
{
        static const uint64_t list[] = { 1, 2, 2, 2, 7 }, in[] = { 0, 2, 2, 7, 9 };

        (void) state;
        assert_int_equal(pages_missing(list, 5, in, 5), 2);
        assert_int_equal(pages_missing(in, 5, list, 5), 2);
        assert_int_equal(pages_missing(list, 5, list, 5), 0);
        assert_int_equal(pages_missing(list, 5, NULL, 0), 5);
        assert_int_equal(pages_missing(NULL, 0, in, 5), 0);
}

/* Two folios of four pages, and four small pages. */
static void test_folios(void **state)
{
        struct page before[12] = { 0 }, after[12] = { 0 };
        bool aimed[12] = { 0 };
        size_t kept;

        (void) state;
        for (size_t i = 0; i < 12; i++) {
                before[i] = (struct page){ .pfn = 100 + i,
                                           .order = i < 8 ? 2 : 0,
                                           .first = i % 4 == 0 || i > 7 };
                after[i] = (struct page){ .pfn = 200 + i,
                                          .order = i < 4 ? 2 : 0,
                                          .first = i % 4 == 0 || i > 3 };
        }
        assert_int_equal(pages_folios(before, after, aimed, 12, &kept), 0);
        aimed[6] = aimed[9] = true;
        assert_int_equal(pages_folios(before, after, aimed, 12, &kept), 1);
        assert_int_equal(kept, 0);
        aimed[3] = true;
        assert_int_equal(pages_folios(before, after, aimed, 12, &kept), 2);
        assert_int_equal(kept, 1);
        after[4].order = 3;
        assert_int_equal(pages_folios(before, after, aimed, 12, &kept), 2);
        assert_int_equal(kept, 2);
        /* of what lies here in part nothing can be told */
        assert_int_equal(pages_folios(before, after, aimed, 7, &kept), 1);
        /* it is not there any more */
        after[0].pfn = 0;
        assert_int_equal(pages_folios(before, after, aimed, 12, &kept), 2);
        assert_int_equal(kept, 1);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_missing),
                cmocka_unit_test(test_folios),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
