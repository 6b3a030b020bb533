// SPDX-License-Identifier: GPL-2.0
/*
 * The pool of the warm reserve beside a plain array of the same: nothing is given twice or lost, pieces lie at their
 * alignment and in one zone, the smallest run that has room is used, and a full table stops no taking.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/contig/pool.h"
#include <linux/kernel.h>

#define PAGES 512
#define ZONE 200 /* pages of the first zone; the others are of the second */
#define TURNS 200000

static unsigned char in[PAGES];
static struct memctl_pool pool;

static unsigned int seed;
static unsigned long below(unsigned long n)
{
        seed = seed * 1103515245 + 12345;
        return (seed >> 8) % n;
}

static unsigned int tag_of(unsigned long pfn)
{
        return pfn < ZONE ? 1 : 2;
}

static void assert_as_array(void)
{
        unsigned long pages = 0, longest = 0, run = 0;
        unsigned int nr = 0;

        for (unsigned long pfn = 0; pfn < PAGES; pfn++) {
                if (!in[pfn]) {
                        run = 0;
                        continue;
                }
                if (run == 0 || tag_of(pfn) != tag_of(pfn - 1)) {
                        assert_true(nr < pool.nr);
                        assert_int_equal(pool.runs[nr].start, pfn);
                        assert_int_equal(pool.runs[nr].tag, tag_of(pfn));
                        run = 0;
                        nr++;
                }
                run++;
                assert_true(pool.runs[nr - 1].end > pfn);
                if (run > longest)
                        longest = run;
                pages++;
        }
        assert_int_equal(pool.nr, nr);
        assert_int_equal(pool.pages, pages);
        assert_int_equal(memctl_pool_longest(&pool), longest);
}

/* So many free places for what is asked, and the size of the smallest run with one. */
static unsigned long smallest_with(unsigned long pages, unsigned long align)
{
        unsigned long best = 0;

        for (unsigned int i = 0; i < pool.nr; i++) {
                const struct memctl_pool_run *run = &pool.runs[i];

                for (unsigned long pfn = run->start; pfn + pages <= run->end; pfn++)
                        if (pfn % align == 0 && (best == 0 || run->end - run->start < best))
                                best = run->end - run->start;
        }
        return best;
}

static void took(const struct memctl_pool_run *got)
{
        assert_true(got->start < got->end && got->end <= PAGES);
        for (unsigned long pfn = got->start; pfn < got->end; pfn++) {
                assert_true(in[pfn]);
                assert_int_equal(got->tag, tag_of(pfn));
                in[pfn] = 0;
        }
}

static void add(unsigned long at, unsigned long most)
{
        struct memctl_pool_run run = { .start = at, .end = at, .tag = tag_of(at) };

        while (run.end < PAGES && run.end - at < most && !in[run.end] && tag_of(run.end) == run.tag)
                run.end++;
        if (run.end == at)
                return;
        if (memctl_pool_add(&pool, &run))
                memset(in + run.start, 1, run.end - run.start);
        else
                assert_int_equal(pool.nr, MEMCTL_POOL_RUNS);
}

static void get(void)
{
        unsigned long pages = 1 + below(12), align = 1UL << below(5);
        unsigned long best = smallest_with(pages, align), size = 0;
        struct memctl_pool_run got, whole;
        bool full = pool.nr == MEMCTL_POOL_RUNS;

        if (!memctl_pool_get(&pool, pages, align, NULL, NULL, &got)) {
                assert_true(best == 0 || full);
                return;
        }
        assert_true(best > 0);
        assert_int_equal(got.end - got.start, pages);
        assert_int_equal(got.start % align, 0);
        for (whole = got; whole.start > 0 && in[whole.start - 1] && tag_of(whole.start - 1) == got.tag;)
                whole.start--;
        while (whole.end < PAGES && in[whole.end] && tag_of(whole.end) == got.tag)
                whole.end++;
        size = whole.end - whole.start;
        assert_true(size == best || full);
        took(&got);
}

static void drain(void)
{
        unsigned long start = below(PAGES), end = start + 1 + below(PAGES - start), most = 1 + below(40);
        struct memctl_pool_run got;
        unsigned long within = 0;

        for (unsigned long pfn = start; pfn < end; pfn++)
                within += in[pfn];
        assert_int_equal(memctl_pool_within(&pool, start, end), within);
        assert_int_equal(memctl_pool_drain(&pool, start, end, most, &got), within > 0);
        if (within == 0)
                return;
        assert_true(got.start >= start);
        assert_true(pool.nr >= MEMCTL_POOL_RUNS - 1 || (got.end <= end && got.end - got.start <= most));
        took(&got);
}

static void test_turns(void **unused)
{
        unsigned int full = 0;

        (void) unused;
        seed = 1;
        for (int i = 0; i < TURNS; i++) {
                switch (below(i / 1000 % 2 ? 3 : 8)) {
                case 0:
                        get();
                        break;
                case 1:
                        drain();
                        break;
                default:
                        add(below(PAGES), 1 + below(3));
                }
                full += pool.nr == MEMCTL_POOL_RUNS;
                assert_as_array();
        }
        printf("# the table was full in %u of %d turns\n", full, TURNS);
        assert_true(full > 100);
}

/* A drain of all ends, and leaves nothing, however full the table is. */
static void test_drain_all(void **unused)
{
        struct memctl_pool_run got;
        int turns = 0;

        (void) unused;
        for (unsigned long pfn = 0; pfn < PAGES; pfn += 2)
                add(pfn, 1);
        while (memctl_pool_drain(&pool, 0, PAGES, 7, &got)) {
                took(&got);
                assert_true(++turns <= PAGES);
        }
        assert_int_equal(pool.pages, 0);
        assert_as_array();
}

static bool is_second(unsigned long start, const void *data)
{
        return tag_of(start) == *(const unsigned int *) data;
}

/* An empty range has nothing in it, and cuts no run in two. */
static void test_drain_nothing(void **unused)
{
        struct memctl_pool_run got;

        (void) unused;
        add(10, 8);
        assert_false(memctl_pool_drain(&pool, 14, 14, ULONG_MAX, &got));
        assert_int_equal(pool.nr, 1);
        assert_true(memctl_pool_get(&pool, 8, 1, NULL, NULL, &got));
        took(&got);
}

static void test_fits(void **unused)
{
        struct memctl_pool_run got;
        unsigned int wanted = 2;

        (void) unused;
        add(10, 8);
        add(ZONE + 16, 64);
        assert_true(memctl_pool_get(&pool, 4, 1, is_second, &wanted, &got));
        assert_int_equal(got.tag, 2);
        took(&got);
        wanted = 3;
        assert_false(memctl_pool_get(&pool, 4, 1, is_second, &wanted, &got));
        assert_true(memctl_pool_get(&pool, 8, 1, NULL, NULL, &got));
        assert_int_equal(got.start, 10);
        took(&got);
        assert_false(memctl_pool_get(&pool, 64, 1, NULL, NULL, &got));
        assert_true(memctl_pool_get(&pool, 60, 4, NULL, NULL, &got));
        took(&got);
        assert_int_equal(pool.nr, 0);
        assert_false(memctl_pool_get(&pool, 1, 1, NULL, NULL, &got));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_turns),
                cmocka_unit_test(test_drain_all),
                cmocka_unit_test(test_fits),
                cmocka_unit_test(test_drain_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
