/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/compact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_reached(void **state)
{
        struct compact_so_far so_far = { 0 };

        (void) state;

        for (int end = SLICE_TIME; end <= SLICE_NO_ROOM; end++) {
                const struct compact_slice enough = { .before = 3,
                                                      .after = 9,
                                                      .end = (enum compact_slice_end) end };

                assert_int_equal(compact_next(9, &enough, &so_far), COMPACT_REACHED);
        }
        assert_int_equal(compact_next(10,
                                      &(struct compact_slice){ .before = 3, .after = 9, .end = SLICE_TIME },
                                      &so_far),
                         COMPACT_GO_ON);
}

static void test_no_room(void **state)
{
        struct compact_so_far so_far = { 0 };

        (void) state;

        assert_int_equal(
                compact_next(0, &(struct compact_slice){ .before = 3, .after = 9, .end = SLICE_NO_ROOM },
                             &so_far),
                COMPACT_NO_ROOM);
}

/* It ends, whatever becomes of the slices: where it comes no further, and after so many passes. */
static void test_it_ends(void **state)
{
        const struct compact_slice idle = { .before = 9, .after = 9, .end = SLICE_TIME },
                                   lost = { .before = 9, .after = 5, .end = SLICE_ENOUGH },
                                   gained = { .before = 5, .after = 10, .end = SLICE_TIME },
                                   pass = { .before = 5, .after = 6, .end = SLICE_ALL };
        struct compact_so_far so_far = { 0 };

        (void) state;

        assert_int_equal(compact_next(100, &idle, &so_far), COMPACT_GO_ON);
        assert_int_equal(compact_next(100, &lost, &so_far), COMPACT_GO_ON);
        assert_int_equal(compact_next(100, &gained, &so_far), COMPACT_GO_ON);
        assert_int_equal(so_far.idle, 0);
        assert_int_equal(compact_next(100, &idle, &so_far), COMPACT_GO_ON);
        assert_int_equal(compact_next(100, &idle, &so_far), COMPACT_GO_ON);
        assert_int_equal(compact_next(100, &lost, &so_far), COMPACT_NOTHING);

        /* others use up what it gains */
        so_far = (struct compact_so_far){ 0 };
        for (int i = 0; i < 3; i++)
                assert_int_equal(compact_next(0, &gained, &so_far), COMPACT_GO_ON);
        assert_int_equal(compact_next(0, &gained, &so_far), COMPACT_NOTHING);

        so_far = (struct compact_so_far){ 0 };
        assert_int_equal(compact_next(0, &pass, &so_far), COMPACT_GO_ON);
        assert_int_equal(compact_next(0, &pass, &so_far), COMPACT_GO_ON);
        assert_int_equal(compact_next(0, &pass, &so_far), COMPACT_NOTHING);

        so_far = (struct compact_so_far){ 0 };
        assert_int_equal(compact_next(0, &(struct compact_slice){ .end = SLICE_ALL }, &so_far),
                         COMPACT_NOTHING);
}

/* A large machine takes many slices to be looked at: each goes on where the last one was. */
static void test_a_long_way(void **state)
{
        struct compact_slice slice = { .before = 9, .end = SLICE_TIME };
        struct compact_so_far so_far = { 0 };

        (void) state;

        for (slice.cursor = 1; slice.cursor < 100; slice.cursor++) {
                slice.after = slice.cursor == 50 ? 10 : 9;
                assert_int_equal(compact_next(11, &slice, &so_far), COMPACT_GO_ON);
                assert_int_equal(so_far.cursor, slice.cursor);
        }

        /* something was gained in this pass, though not in its last slice */
        slice.end = SLICE_ALL;
        assert_int_equal(compact_next(11, &slice, &so_far), COMPACT_GO_ON);
        assert_int_equal(so_far.cursor, 0);
        assert_int_equal(compact_next(11, &slice, &so_far), COMPACT_NOTHING);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reached),
                cmocka_unit_test(test_no_room),
                cmocka_unit_test(test_it_ends),
                cmocka_unit_test(test_a_long_way),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
