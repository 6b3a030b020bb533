// SPDX-License-Identifier: GPL-2.0
/*
 * What a fence takes, piece by piece, of memory that is free, in use, pinned, or not there: what a request counts,
 * what it passes over, and how far a piece looks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/fence/held.h"
#include "kernel/fence/take.h"
#include "kernel/mm/classify.h"
#include "kernel/mm/contig.h"
#include <linux/mmzone.h>

#define END ((unsigned long) SHIM_PAGES)
#define LARGEST 8 /* pages of a free block */

enum state { FREE, USED, PINNED, HOLE, HELD };
static enum state states[SHIM_PAGES];
static struct memctl_held held;
static unsigned long tried; /* pages, in calls that took them and calls that did not */
struct zone shim_zone = { .idx = ZONE_MOVABLE };

bool memctl_fence_is_going(unsigned long start, unsigned long end)
{
        (void) end;
        return states[start] == HOLE;
}

bool memctl_mm_is_isolated(unsigned long pfn)
{
        assert_int_not_equal(states[pfn], HOLE);
        return false;
}

void memctl_classify(struct page *page, unsigned long pfn, struct memctl_look *look)
{
        unsigned long end = ALIGN_DOWN(pfn, LARGEST) + LARGEST;

        (void) page;
        *look = (struct memctl_look){ .class = states[pfn] == FREE ? MEMCTL_CLASS_FREE : MEMCTL_CLASS_OTHER };
        while (pfn + look->pages < end && states[pfn + look->pages] == states[pfn])
                look->pages++;
}

int memctl_mm_take(unsigned long start, unsigned long end)
{
        assert_true(start < end && end <= END);
        tried += end - start;
        for (unsigned long pfn = start; pfn < end; pfn++) {
                assert_true(states[pfn] != HOLE && states[pfn] != HELD);
                if (states[pfn] == PINNED)
                        return -EBUSY;
        }
        for (unsigned long pfn = start; pfn < end; pfn++) {
                states[pfn] = HELD;
                shim_pages[pfn].refcount = 1;
        }
        return 0;
}

bool memctl_mm_zone_spares(struct zone *zone, unsigned long pages)
{
        (void) zone, (void) pages;
        return true;
}

void memctl_mm_give(unsigned long start, unsigned long end)
{
        for (; start < end; start++) {
                states[start] = FREE;
                shim_pages[start].refcount = 0;
        }
}

void memctl_mm_mark(unsigned long start, unsigned long end)
{
        (void) start, (void) end;
}

void memctl_mm_unmark(unsigned long start, unsigned long end)
{
        (void) start, (void) end;
}

int memctl_take_scattered(struct memctl_held *unused, struct memctl_take *take)
{
        (void) unused, (void) take;
        fail();
        return -EINVAL;
}

static void set(unsigned long start, unsigned long end, enum state state)
{
        for (; start < end; start++) {
                states[start] = state;
                shim_pages[start].refcount = state != FREE;
        }
}

static int setup(void **unused)
{
        (void) unused;
        memctl_held_init(&held);
        set(0, END, USED);
        return 0;
}

static int teardown(void **unused)
{
        (void) unused;
        memctl_held_give(&held, 0, END);
        memctl_held_destroy(&held);
        return 0;
}

/* One request, and how many pieces it had. */
static struct memctl_fence_request hold(enum memctl_fence_what what, unsigned long next, unsigned long left,
                                        unsigned int *pieces)
{
        struct memctl_take take = {
                .request = { .end = END, .next = next, .left = left, .what = what, .smallest = LARGEST },
        };

        tried = 0;
        for (*pieces = 0; !memctl_take_is_over(&take); (*pieces)++) {
                unsigned long before = take.request.next;

                assert_int_equal(memctl_take_piece(&held, &take), 0);
                assert_true(take.request.next >= before && take.request.next <= END);
                assert_true(take.request.next <= ALIGN_DOWN(before, MEMCTL_TAKE_LOOK) + MEMCTL_TAKE_LOOK);
                assert_true(*pieces < 3 * END);
        }
        return take.request;
}

static unsigned long held_pages(void)
{
        return (unsigned long) atomic64_read(&held.pages);
}

/* What is held, and what is not there, is passed in one request, for however few pages that is. */
static void test_nothing_to_take(void **unused)
{
        struct memctl_fence_request request;
        unsigned int pieces;

        (void) unused;
        set(END / 2, END, HOLE);
        request = hold(MEMCTL_FENCE_USED, 0, END, &pieces);
        assert_int_equal(request.next, END);
        assert_int_equal(held_pages(), END / 2);
        request = hold(MEMCTL_FENCE_USED, 0, 1, &pieces);
        assert_int_equal(request.next, END);
        assert_int_equal(request.failed, 0);
        assert_int_equal(tried, 0);
        assert_int_equal(pieces, END / MEMCTL_TAKE_LOOK);
}

/* Behind what is held, as much is taken as was asked for. */
static void test_behind_what_is_held(void **unused)
{
        struct memctl_fence_request request;
        unsigned int pieces;

        (void) unused;
        request = hold(MEMCTL_FENCE_USED, 0, 300, &pieces);
        assert_int_equal(request.next, 300);
        assert_int_equal(held_pages(), 300);
        request = hold(MEMCTL_FENCE_USED, 0, 100, &pieces);
        assert_int_equal(request.next, 400);
        assert_int_equal(held_pages(), 400);
        assert_int_equal(tried, 100);
}

/* What cannot be had was tried, and counts. */
static void test_what_is_pinned_counts(void **unused)
{
        struct memctl_fence_request request;
        unsigned int pieces;

        (void) unused;
        set(0, END, PINNED);
        request = hold(MEMCTL_FENCE_USED, 0, 64, &pieces);
        assert_int_equal(request.next, 64);
        assert_int_equal(request.failed, 64);
}

/* In memory in use, what is free is looked for: looking does not count, and a piece does not look for long. */
static void test_free_among_used(void **unused)
{
        struct memctl_fence_request request;
        unsigned int pieces;
        unsigned long failed;

        (void) unused;
        set(END - 100, END, FREE);
        request = hold(MEMCTL_FENCE_FREE, 0, 2 * LARGEST, &pieces);
        assert_int_equal(held_pages(), 2 * LARGEST);
        assert_true(pieces >= END / MEMCTL_TAKE_LOOK);
        failed = request.failed;
        request = hold(MEMCTL_FENCE_FREE, request.next, END, &pieces);
        assert_int_equal(request.next, END);
        failed += request.failed;
        assert_int_equal(held_pages() + failed, 100);
        assert_true(failed < LARGEST); /* what is before the first border */
}

static unsigned int seed = 1;

static unsigned long below(unsigned long n)
{
        seed = seed * 1103515245 + 12345;
        return (seed >> 8) % n;
}

/* Memory of all kinds, in requests of any size: all is held that can be, and no request takes more than it may. */
static void test_any_memory(void **unused)
{
        (void) unused;
        for (int round = 0; round < 300; round++) {
                unsigned long there = 0, next, failed = 0;
                unsigned int pieces;

                memctl_held_give(&held, 0, END);
                for (unsigned long pfn = 0, run; pfn < END; pfn += run) {
                        enum state state = (enum state) below(HELD);

                        run = state == HOLE ? pageblock_nr_pages - pfn % pageblock_nr_pages : 1 + below(100);
                        run = min(run, END - pfn);
                        if (state == HOLE && pfn % pageblock_nr_pages)
                                state = USED;
                        set(pfn, pfn + run, state);
                        there += state == HOLE ? 0 : run;
                }
                for (next = 0; next < END;) {
                        unsigned long left = LARGEST * (1 + below(60)), before = held_pages();
                        struct memctl_fence_request request = hold(MEMCTL_FENCE_USED, next, left, &pieces);

                        assert_true(request.next > next);
                        assert_true(held_pages() - before + request.failed <= left);
                        failed += request.failed;
                        next = request.next;
                }
                assert_int_equal(held_pages() + failed, there);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_nothing_to_take, setup, teardown),
                cmocka_unit_test_setup_teardown(test_behind_what_is_held, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_is_pinned_counts, setup, teardown),
                cmocka_unit_test_setup_teardown(test_free_among_used, setup, teardown),
                cmocka_unit_test_setup_teardown(test_any_memory, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
