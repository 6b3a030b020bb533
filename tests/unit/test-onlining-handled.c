/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/handled.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>

#define SECOND UINT64_C(1000000)

static struct newcomer newcomer(int number)
{
        struct newcomer made = { .memory = { .dimm = "x", .label = "", .driver = "", .device = "" } };

        (void) snprintf(made.name, sizeof(made.name), "PNP0C80:%02d", number);
        return made;
}

static void test_tries(void **state)
{
        struct handled_list *list = calloc(1, sizeof(*list));
        struct newcomer one = newcomer(1);
        uint64_t now = 100 * SECOND, waited = 0;
        struct handled *handled;

        (void) state;

        for (unsigned int i = 1; i < HANDLED_TRIES_MAX; i++) {
                handled = handled_take(list, &one);
                assert_int_equal(handled->tries, i - 1);
                handled_fail(handled, now);
                assert_int_equal(handled->state, HANDLED_WAITING);
                assert_false(handled_is_over(handled));
                assert_true(handled->wait_until - now == 5 * SECOND << (i - 1));
                waited += handled->wait_until - now;
                now = handled->wait_until;
        }
        assert_true(waited == 155 * SECOND);
        handled = handled_take(list, &one);
        handled_fail(handled, now);
        assert_int_equal(handled->state, HANDLED_FAILED);
        assert_true(handled_is_over(handled));
        /* plugged in anew, it begins anew */
        assert_int_equal(handled_take(list, &one)->tries, 0);
        assert_int_equal(list->n, 1);
        handled_list_clear(list);
        free(list);
}

static void test_room(void **state)
{
        struct handled_list *list = calloc(1, sizeof(*list));
        struct newcomer one;

        (void) state;

        for (int i = 0; i < 1000; i++) {
                struct handled *handled;

                one = newcomer(i);
                handled = handled_take(list, &one);
                assert_non_null(handled);
                handled->job = (uint32_t) i;
                handled->blocks = malloc(4); /* is freed with it */
                handled->state = i % 100 == 0 ? HANDLED_RUNNING : HANDLED_DONE;
        }
        assert_int_equal(list->n, HANDLED_MAX);
        one = newcomer(999);
        assert_ptr_equal(handled_find(list, one.name), &list->items[HANDLED_MAX - 1]);
        for (uint32_t i = 0; i < 1000; i += 100) /* those under way are all there */
                assert_non_null(handled_find_job(list, i));
        assert_null(handled_find_job(list, 999)); /* it is over */
        for (size_t i = 0; i < list->n; i++)
                list->items[i].state = HANDLED_RUNNING;
        one = newcomer(1001);
        assert_null(handled_take(list, &one));
        handled_list_clear(list);
        free(list);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_tries),
                cmocka_unit_test(test_room),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
