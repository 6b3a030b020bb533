// SPDX-License-Identifier: GPL-2.0
/* Where a window costs least, beside what trying each place finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/contig/window.h"

#define PIECES 48UL

static unsigned int seed = 1;

static unsigned int below(unsigned int n)
{
        seed = seed * 1103515245 + 12345;
        return (seed >> 8) % n;
}

/* What the place costs; UINT64_MAX: it is none. */
static u64 cost_at(const struct memctl_window *window, const u32 *costs, unsigned long nr, unsigned long start)
{
        u64 sum = 0;

        if (start + window->span > nr || (window->first + start) % window->stride)
                return UINT64_MAX;
        for (unsigned long i = start; i < start + window->span; i++) {
                if (costs[i] == MEMCTL_COST_NEVER)
                        return UINT64_MAX;
                sum += costs[i];
        }
        return sum;
}

static unsigned long brute_force(const struct memctl_window *window, const u32 *costs, unsigned long nr, u64 least, u64 most,
                                 u64 *cost)
{
        unsigned long found = nr;

        *cost = UINT64_MAX;
        for (unsigned long start = 0; start < nr; start++) {
                u64 here = cost_at(window, costs, nr, start);

                if (here >= least && here <= most && here < *cost) {
                        found = start;
                        *cost = here;
                }
        }
        return found;
}

static void test_any_costs(void **unused)
{
        unsigned int places = 0;

        (void) unused;
        for (int round = 0; round < 200000; round++) {
                struct memctl_window window = { .span = 1 + below(12), .stride = 1UL << below(5), .first = below(100) };
                unsigned long nr = below(PIECES + 1), found, expected;
                unsigned int kinds = 2 + below(30), free = below(3);
                u64 most = below(4) ? below(3000) : UINT64_MAX, least = below(2) ? below(1000) : 0, cost = 1, right;
                u32 costs[PIECES];

                for (unsigned long i = 0; i < nr; i++) {
                        unsigned int kind = below(kinds);

                        costs[i] = kind == 0 ? MEMCTL_COST_NEVER : kind <= free ? 0 : below(2048);
                }
                expected = brute_force(&window, costs, nr, least, most, &right);
                found = memctl_window_cheapest(&window, costs, nr, least, most, &cost);
                assert_int_equal(found, expected);
                if (found < nr) {
                        assert_int_equal(cost, right);
                        places++;
                }
        }
        assert_true(places > 20000);
}

/* Costs whose sum is beyond 32 bits. */
static void test_large_costs(void **unused)
{
        struct memctl_window window = { .span = 3, .stride = 1 };
        u32 costs[] = { MEMCTL_COST_NEVER - 1, MEMCTL_COST_NEVER - 1, MEMCTL_COST_NEVER - 1, MEMCTL_COST_NEVER - 2 };
        u64 cost;

        (void) unused;
        assert_int_equal(memctl_window_cheapest(&window, costs, 4, 0, UINT64_MAX, &cost), 1);
        assert_int_equal(cost, 3 * (u64) MEMCTL_COST_NEVER - 4);
        assert_int_equal(memctl_window_cheapest(&window, costs, 4, 0, cost - 1, &cost), 4);
        assert_int_equal(memctl_window_cheapest(&window, costs, 2, 0, UINT64_MAX, &cost), 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_any_costs),
                cmocka_unit_test(test_large_costs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
