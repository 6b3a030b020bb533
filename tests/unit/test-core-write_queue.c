/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/write_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Takes turns, as a job does: at once when it has none to wait for, or when it is called. */
struct taker {
        struct write_queue *queue;
        struct turn turn;
        unsigned int called;
        bool gives; /* from within ready() */
};

static void on_ready(void *userdata)
{
        struct taker *taker = userdata;

        taker->called++;
        assert_true(write_queue_take(taker->queue, &taker->turn));
        if (taker->gives)
                write_queue_give(taker->queue, &taker->turn);
}

static void make(struct write_queue *queue, struct taker *takers, size_t n)
{
        for (size_t i = 0; i < n; i++)
                takers[i] = (struct taker){
                        .queue = queue,
                        .turn = { .ready = on_ready, .userdata = &takers[i] },
                };
}

static void test_in_order(void **state)
{
        struct write_queue queue = { 0 };
        struct taker t[3];

        (void) state;
        make(&queue, t, 3);
        assert_true(write_queue_take(&queue, &t[0].turn));
        assert_true(write_queue_take(&queue, &t[0].turn)); /* it has it already */
        assert_false(write_queue_take(&queue, &t[1].turn));
        assert_false(write_queue_take(&queue, &t[2].turn));
        assert_false(write_queue_take(&queue, &t[1].turn)); /* and keeps its place */

        write_queue_give(&queue, &t[0].turn);
        assert_int_equal(t[1].called, 1);
        assert_int_equal(t[2].called, 0);
        assert_false(write_queue_take(&queue, &t[0].turn)); /* at the end again */
        write_queue_give(&queue, &t[1].turn);
        assert_int_equal(t[2].called, 1);
        write_queue_give(&queue, &t[2].turn);
        assert_int_equal(t[0].called, 1);
        write_queue_give(&queue, &t[0].turn);
        assert_null(queue.first);
}

static void test_leaving_the_queue(void **state)
{
        struct write_queue queue = { 0 };
        struct taker t[3];

        (void) state;
        make(&queue, t, 3);
        write_queue_give(&queue, &t[0].turn); /* has none */
        assert_true(write_queue_take(&queue, &t[0].turn));
        assert_false(write_queue_take(&queue, &t[1].turn));
        assert_false(write_queue_take(&queue, &t[2].turn));
        write_queue_give(&queue, &t[1].turn);
        assert_int_equal(t[1].called + t[2].called, 0);
        write_queue_give(&queue, &t[1].turn);
        write_queue_give(&queue, &t[0].turn);
        assert_int_equal(t[1].called, 0);
        assert_int_equal(t[2].called, 1);
        write_queue_give(&queue, &t[2].turn);
        assert_null(queue.first);
}

static void test_giving_from_within(void **state)
{
        struct write_queue queue = { 0 };
        struct taker t[3];

        (void) state;
        make(&queue, t, 3);
        t[1].gives = true;
        assert_true(write_queue_take(&queue, &t[0].turn));
        assert_false(write_queue_take(&queue, &t[1].turn));
        assert_false(write_queue_take(&queue, &t[2].turn));
        write_queue_give(&queue, &t[0].turn);
        assert_int_equal(t[1].called, 1);
        assert_int_equal(t[2].called, 1);
        assert_ptr_equal(queue.first, &t[2].turn);
        write_queue_give(&queue, &t[2].turn);
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
