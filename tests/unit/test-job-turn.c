/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Takes turns, as a job does: at once when it has none to wait for, or when it is called. */
struct taker {
        struct turn_queue *queue;
        struct turn turn;
        unsigned int called;
        bool gives; /* from within ready() */
};

static void on_ready(void *userdata)
{
        struct taker *taker = userdata;

        taker->called++;
        assert_true(turn_take(taker->queue, &taker->turn));
        if (taker->gives)
                turn_give(taker->queue, &taker->turn);
}

static void make(struct turn_queue *queue, struct taker *takers, size_t n)
{
        for (size_t i = 0; i < n; i++)
                takers[i] = (struct taker){
                        .queue = queue,
                        .turn = { .ready = on_ready, .userdata = &takers[i] },
                };
}

static void test_in_order(void **state)
{
        struct turn_queue queue = { 0 };
        struct taker t[3];

        (void) state;
        make(&queue, t, 3);
        assert_true(turn_take(&queue, &t[0].turn));
        assert_true(turn_take(&queue, &t[0].turn)); /* it has it already */
        assert_false(turn_take(&queue, &t[1].turn));
        assert_false(turn_take(&queue, &t[2].turn));
        assert_false(turn_take(&queue, &t[1].turn)); /* and keeps its place */

        turn_give(&queue, &t[0].turn);
        assert_int_equal(t[1].called, 1);
        assert_int_equal(t[2].called, 0);
        assert_false(turn_take(&queue, &t[0].turn)); /* at the end again */
        turn_give(&queue, &t[1].turn);
        assert_int_equal(t[2].called, 1);
        turn_give(&queue, &t[2].turn);
        assert_int_equal(t[0].called, 1);
        turn_give(&queue, &t[0].turn);
        assert_null(queue.first);
}

static void test_leaving_the_queue(void **state)
{
        struct turn_queue queue = { 0 };
        struct taker t[3];

        (void) state;
        make(&queue, t, 3);
        turn_give(&queue, &t[0].turn); /* has none */
        assert_true(turn_take(&queue, &t[0].turn));
        assert_false(turn_take(&queue, &t[1].turn));
        assert_false(turn_take(&queue, &t[2].turn));
        turn_give(&queue, &t[1].turn);
        assert_int_equal(t[1].called + t[2].called, 0);
        turn_give(&queue, &t[1].turn);
        turn_give(&queue, &t[0].turn);
        assert_int_equal(t[1].called, 0);
        assert_int_equal(t[2].called, 1);
        turn_give(&queue, &t[2].turn);
        assert_null(queue.first);
}

static void test_giving_from_within(void **state)
{
        struct turn_queue queue = { 0 };
        struct taker t[3];

        (void) state;
        make(&queue, t, 3);
        t[1].gives = true;
        assert_true(turn_take(&queue, &t[0].turn));
        assert_false(turn_take(&queue, &t[1].turn));
        assert_false(turn_take(&queue, &t[2].turn));
        turn_give(&queue, &t[0].turn);
        assert_int_equal(t[1].called, 1);
        assert_int_equal(t[2].called, 1);
        assert_ptr_equal(queue.first, &t[2].turn);
        turn_give(&queue, &t[2].turn);
        assert_null(queue.first);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_in_order),
                cmocka_unit_test(test_leaving_the_queue),
                cmocka_unit_test(test_giving_from_within),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
