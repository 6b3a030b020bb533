// SPDX-License-Identifier: GPL-2.0
/*
 * What a fence holds: beside a plain array of the same, and with several threads that give
 * it back while one takes more, watched by ThreadSanitizer. No page is given back twice,
 * or unless it was held.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/fence/held.h"
#include "kernel/mm/contig.h"
#include <linux/mmzone.h>

#define FIRST (7 * PAGES_PER_SECTION)
#define PAGES (5 * PAGES_PER_SECTION)
#define GIVERS 3
#define TURNS 20000

/* Of each page of the range. */
enum { FREE, TAKEN, MARKED };
static unsigned char state[PAGES];

static void change(unsigned long start, unsigned long end, unsigned char from, unsigned char to)
{
        run_check(start < end && start >= FIRST && end <= FIRST + PAGES);
        for (; start < end; start++) {
                unsigned char was = __atomic_exchange_n(&state[start - FIRST], to, __ATOMIC_SEQ_CST);

                run_check(was == from);
        }
}

void memctl_mm_mark(unsigned long start, unsigned long end)
{
        change(start, end, TAKEN, MARKED);
}

void memctl_mm_unmark(unsigned long start, unsigned long end)
{
        change(start, end, MARKED, TAKEN);
}

void memctl_mm_give(unsigned long start, unsigned long end)
{
        change(start, end, TAKEN, FREE);
}

static unsigned long below(unsigned int *seed, unsigned long n)
{
        *seed = *seed * 1103515245 + 12345;
        return (*seed >> 8) % n;
}

static void some(unsigned int *seed, unsigned long *start, unsigned long *end)
{
        *start = FIRST + below(seed, PAGES);
        *end = *start + 1 + below(seed, FIRST + PAGES - *start);
}

/* Takes all of [start, end) that is free; nobody else takes. So many pages. */
static unsigned long take(struct memctl_held *held, unsigned long start, unsigned long end)
{
        unsigned long taken = 0;

        while ((start = memctl_held_next_not(held, start, end)) < end) {
                unsigned long stop = start;

                /* What was given back is free a moment after its bit is clear. */
                while (stop < end && __atomic_load_n(&state[stop - FIRST], __ATOMIC_SEQ_CST) == FREE)
                        stop++;
                if (stop == start) {
                        start++;
                        continue;
                }
                assert_int_equal(memctl_held_prepare(held, start, stop), 0);
                change(start, stop, FREE, TAKEN);
                memctl_held_add(held, start, stop);
                taken += stop - start;
                start = stop;
        }
        return taken;
}

static void assert_as_states(struct memctl_held *held)
{
        unsigned long pfn = FIRST, pages = 0;

        for (size_t i = 0; i < PAGES; i++)
                pages += state[i] == MARKED;
        assert_int_equal(atomic64_read(&held->pages), pages);
        while (pfn < FIRST + PAGES) {
                unsigned long first = memctl_held_next(held, pfn, FIRST + PAGES), end;

                for (; pfn < first; pfn++)
                        assert_int_equal(state[pfn - FIRST], FREE);
                end = memctl_held_next_not(held, pfn, FIRST + PAGES);
                for (; pfn < end; pfn++)
                        assert_int_equal(state[pfn - FIRST], MARKED);
        }
}

static void test_ranges(void **unused)
{
        struct memctl_held held;
        unsigned int seed = 1;

        (void) unused;
        memctl_held_init(&held);
        assert_int_equal(memctl_held_give(&held, FIRST, FIRST + PAGES), 0);
        assert_int_equal(memctl_held_next(&held, FIRST, FIRST + PAGES), FIRST + PAGES);
        assert_int_equal(memctl_held_next_not(&held, FIRST + 3, FIRST + PAGES), FIRST + 3);
        assert_int_equal(memctl_held_next_not(&held, FIRST + 3, FIRST + 3), FIRST + 3);
        for (int i = 0; i < 300; i++) {
                unsigned long start, end, had = 0;

                some(&seed, &start, &end);
                for (unsigned long pfn = start; pfn < end; pfn++)
                        had += state[pfn - FIRST] == MARKED;
                if (below(&seed, 2))
                        assert_int_equal(take(&held, start, end), end - start - had);
                else
                        assert_int_equal(memctl_held_give(&held, start, end), had);
                assert_as_states(&held);
        }
        memctl_held_give(&held, FIRST, FIRST + PAGES);
        assert_as_states(&held);
        memctl_held_destroy(&held);
}

static void test_no_memory(void **unused)
{
        struct memctl_held held;

        (void) unused;
        memctl_held_init(&held);
        shim_memory_left = 2;
        assert_int_equal(memctl_held_prepare(&held, FIRST, FIRST + PAGES), -ENOMEM);
        shim_memory_left = -1;
        assert_int_equal(memctl_held_give(&held, FIRST, FIRST + PAGES), 0);
        assert_int_equal(take(&held, FIRST, FIRST + PAGES), PAGES);
        assert_int_equal(memctl_held_give(&held, FIRST, FIRST + PAGES), PAGES);
        memctl_held_destroy(&held);
}

static struct memctl_held shared;
static unsigned long given;
static bool over;

static void *give(void *arg)
{
        unsigned int seed = 3 + (unsigned int) (size_t) arg;

        while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
                unsigned long start, end;

                some(&seed, &start, &end);
                __atomic_add_fetch(&given, memctl_held_give(&shared, start, end), __ATOMIC_SEQ_CST);
        }
        return NULL;
}

static void test_threads(void **unused)
{
        pthread_t threads[GIVERS];
        unsigned long taken = 0;
        unsigned int seed = 2;

        (void) unused;
        memctl_held_init(&shared);
        for (size_t i = 0; i < GIVERS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, give, (void *) i), 0);
        for (int i = 0; i < TURNS; i++) {
                unsigned long start, end;

                some(&seed, &start, &end);
                taken += take(&shared, start, end);
        }
        __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
        for (size_t i = 0; i < GIVERS; i++)
                pthread_join(threads[i], NULL);
        given += memctl_held_give(&shared, FIRST, FIRST + PAGES);
        printf("# %lu pages taken\n", taken);
        fflush(stdout);
        assert_int_equal(given, taken);
        assert_true(taken > PAGES);
        assert_as_states(&shared);
        memctl_held_destroy(&shared);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ranges),
                cmocka_unit_test(test_no_memory),
                cmocka_unit_test(test_threads),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
