/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "matrix/cell/judge.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void check(struct evidence evidence, double usual, enum verdict verdict, int error, const char *note)
{
        struct judgement judgement = judge(&evidence, usual);

        assert_string_equal(verdict_name(judgement.verdict), verdict_name(verdict));
        assert_int_equal(judgement.error, error);
        if (note)
                assert_string_equal(judgement.note, note);
}

static void test_endings(void **state)
{
        (void) state;

        check((struct evidence){ .ending = ENDING_NOT_TRIED, .note = "needs two nodes" }, 0,
              VERDICT_NOT_TRIED, 0, "needs two nodes");
        check((struct evidence){ .ending = ENDING_NOT_SUPPORTED, .note = "no zswap" }, 0,
              VERDICT_NOT_SUPPORTED, 0, "no zswap");
        check((struct evidence){ .ending = ENDING_KILLED, .seconds = 35 }, 0, VERDICT_FAILS, ETIMEDOUT,
              "not at its end after 35 s, and killed");
        check((struct evidence){ .ending = ENDING_DIED, .signal = 11 }, 0, VERDICT_FAILS, 0,
              "the probe was ended by signal 11");
}

static void test_all_moved(void **state)
{
        (void) state;

        check((struct evidence){ .pages = 512, .moved = 512 }, 0, VERDICT_WORKS, 0, "");
        /* what the operation said is no matter when they are elsewhere */
        check((struct evidence){ .pages = 512, .moved = 512, .error = EIO }, 0, VERDICT_WORKS, 0, "");
        check((struct evidence){ .pages = 512, .moved = 512, .folios = 8, .kept = 8 }, 0, VERDICT_WORKS, 0,
              "");
        check((struct evidence){ .pages = 512, .moved = 512, .folios = 8, .kept = 5 }, 0, VERDICT_SPLITS, 0,
              "3 of 8 large folios lost their size");
        check((struct evidence){ .pages = 1, .moved = 1, .unreadable = 511, .folios = 1 }, 0, VERDICT_SPLITS,
              0, "511 good pages were lost with it");
}

static void test_changed(void **state)
{
        (void) state;

        check((struct evidence){ .pages = 512, .moved = 512, .changed = 1 }, 0, VERDICT_FAILS, 0,
              "1 pages have another content");
        check((struct evidence){ .pages = 512, .changed = 2, .error = EBUSY }, 0, VERDICT_FAILS, EBUSY,
              NULL);
}

static void test_none_moved(void **state)
{
        (void) state;

        check((struct evidence){ .pages = 512, .error = EBUSY }, 0, VERDICT_FAILS, EBUSY, "");
        check((struct evidence){ .pages = 512 }, 0, VERDICT_FAILS, 0, "");
        check((struct evidence){ .pages = 512, .error = EOPNOTSUPP }, 0, VERDICT_NOT_SUPPORTED, EOPNOTSUPP,
              "");
        check((struct evidence){ 0 }, 0, VERDICT_NOT_TRIED, 0, "it has no pages there");
}

static void test_some_moved(void **state)
{
        (void) state;

        check((struct evidence){ .pages = 512, .moved = 500, .error = EBUSY }, 0, VERDICT_FAILS, EBUSY,
              "500 of 512 pages moved");
        check((struct evidence){ .pages = 512, .moved = 500, .partly = true }, 0, VERDICT_WORKS, 0,
              "500 of 512 pages");
        check((struct evidence){ .pages = 512, .moved = 4, .partly = true }, 0, VERDICT_FAILS, 0,
              "4 of 512 pages moved");
}

static void test_slow(void **state)
{
        (void) state;

        check((struct evidence){ .pages = 512, .moved = 512, .seconds = 5 }, 0.01, VERDICT_SLOW, 0,
              "500 times as long as plain pages");
        /* much longer, and all the same not long */
        check((struct evidence){ .pages = 512, .moved = 512, .seconds = 0.5 }, 0.01, VERDICT_WORKS, 0, NULL);
        check((struct evidence){ .pages = 512, .moved = 512, .seconds = 5 }, 1, VERDICT_WORKS, 0, NULL);
        check((struct evidence){ .pages = 512, .moved = 512, .seconds = 5 }, 0, VERDICT_WORKS, 0, NULL);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_endings),    cmocka_unit_test(test_all_moved),
                cmocka_unit_test(test_changed),    cmocka_unit_test(test_none_moved),
                cmocka_unit_test(test_some_moved), cmocka_unit_test(test_slow),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
