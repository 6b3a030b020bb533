/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/estimate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct offline_step steps[8];

/* 8 blocks with 2048 pages: as much as 4096 pages moved, with what the blocks themselves take. */
static uint64_t estimate(const struct history *history, uint64_t dropped, uint64_t rate)
{
        struct offline_request request = {
                .options = OFFLINE_OPTIONS_NONE,
                .page_size = 4096,
                .history = history,
        };
        struct offline_plan plan = {
                .steps = steps,
                .n_steps = 8,
                .pages_in_use = 2048 + dropped,
                .usage_known = true,
                .fence = true,
                .cache_known = true,
                .drop_bytes = dropped * 4096,
        };

        request.options.rate = rate;
        return estimate_usec(&request, &plan);
}

static void add(struct history *history, uint64_t moved, uint64_t dropped, uint64_t usec, bool fenced,
                bool bounded)
{
        history->jobs[history->n_jobs++] = (struct history_job){
                .blocks = 4,
                .pages_moved = moved,
                .pages_dropped = dropped,
                .usec = usec,
                .fenced = fenced,
                .bounded = bounded,
        };
}

static void test_unknown(void **state)
{
        struct history history = { 0 };

        (void) state;

        assert_int_equal(estimate(NULL, 0, 0), 0);
        assert_int_equal(estimate(&history, 0, 0), 0);
        add(&history, 1000, 0, 5000, false, false); /* without a fence */
        add(&history, 1000, 0, 5000, true, true);   /* slowed down */
        add(&history, 1000, 0, 0, true, false);     /* no time at all */
        assert_int_equal(estimate(&history, 0, 0), 0);
        add(&history, 1024, 0, 4096, true, false); /* 2 us a page */
        assert_int_equal(estimate(&history, 0, 0), 8192);
}

/* One that stood still for hours, and one that had nothing to do, change nothing. */
static void test_robust(void **state)
{
        struct history history = { 0 };

        (void) state;

        add(&history, 1024, 0, 4096, true, false);
        add(&history, 1024, 0, 4096, true, false);
        add(&history, 1024, 0, UINT64_C(7200000000), true, false);
        add(&history, 1024, 0, 1, true, false);
        add(&history, 3072, 0, 8192, true, false);
        assert_int_equal(estimate(&history, 0, 0), 8192);
}

static void test_dropped(void **state)
{
        struct history history = { 0 };

        (void) state;

        /* nobody has dropped: an eighth of 2 us a page */
        add(&history, 1024, 0, 4096, true, false);
        assert_int_equal(estimate(&history, 8000, 0), 8192 + 2000);
        /* 2048 us for the blocks, and half a microsecond a page */
        add(&history, 0, 10000, 7048, true, false);
        assert_int_equal(estimate(&history, 8000, 0), 8192 + 4000);
        /* faster than its blocks alone: not less than nothing */
        history.jobs[1].usec = 5;
        assert_int_equal(estimate(&history, 8000, 0), 8192);
        /* only such jobs: a page dropped as an eighth of one moved */
        history.jobs[0] = history.jobs[1];
        history.n_jobs = 1;
        history.jobs[0].usec = 2 * (1024 + 10000 / 8);
        assert_int_equal(estimate(&history, 8000, 0), 8192 + 2000);
}

static void test_rate(void **state)
{
        struct history history = { 0 };

        (void) state;

        add(&history, 1024, 0, 4096, true, false);
        assert_int_equal(estimate(&history, 0, UINT64_C(1) << 20), 8000000); /* 2048 pages at 1 MiB/s */
        assert_int_equal(estimate(&history, 0, UINT64_C(1) << 40), 8192);
}

/* A history that anybody may have written. */
static void test_hostile(void **state)
{
        struct history history = { 0 };

        (void) state;

        for (size_t i = 0; i < HISTORY_MAX; i++)
                add(&history, UINT64_MAX, UINT64_MAX, UINT64_MAX, true, false);
        assert_int_equal(estimate(&history, 0, 0) > 0, 1);
        for (size_t i = 0; i < HISTORY_MAX; i++)
                history.jobs[i] = (struct history_job){ .blocks = 1, .usec = UINT64_MAX, .fenced = true };
        assert_true(estimate(&history, 0, 0) == INT64_MAX);
        for (size_t i = 0; i < HISTORY_MAX; i++)
                history.jobs[i].blocks = 0;
        assert_int_equal(estimate(&history, 0, 0), 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_unknown), cmocka_unit_test(test_robust),
                cmocka_unit_test(test_dropped), cmocka_unit_test(test_rate),
                cmocka_unit_test(test_hostile),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
