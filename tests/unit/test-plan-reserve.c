/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/reserve.h"
#include "says.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PAGE UINT64_C(4096)
#define GIB  (UINT64_C(1) << 30)

static struct memory_node nodes[] = { { .id = 0, .total_bytes = 2 * GIB }, { .id = 2, .total_bytes = GIB } };
static const struct snapshot machine = { .nodes = nodes, .n_nodes = ELEMENTSOF(nodes) };

static void check_refused(struct reserve_request request, int error, const char *says)
{
        struct reserver_wish wish = { .pages = 77 };
        char *message = NULL;

        assert_int_equal(reserve_judge(&machine, PAGE, &request, &wish, &message), error);
        assert_int_equal(wish.pages, 77);
        assert_says(&message, says);
}

static void test_taken(void **state)
{
        const struct reserve_request all = { 3 * GIB, 0, NODE_NONE, true, NULL, NULL },
                                     one = { GIB, 2 << 20, 2, false, "camera", "linux,cma" },
                                     untold = { 64 * GIB, 0, NODE_NONE, false, NULL, NULL };
        const struct snapshot unknown = { 0 };
        struct reserver_wish wish;
        char *message = NULL;

        (void) state;

        assert_int_equal(reserve_judge(&machine, PAGE, &all, &wish, &message), 0);
        assert_int_equal(wish.pages, 3 * GIB / PAGE);
        assert_int_equal(wish.align, 1);
        assert_int_equal(wish.node, -1);
        assert_true(wish.movable_zone);
        assert_string_equal(wish.name, "");
        assert_string_equal(wish.area, "");
        assert_int_equal(wish.n_exclude, 0);

        assert_int_equal(reserve_judge(&machine, PAGE, &one, &wish, &message), 0);
        assert_int_equal(wish.pages, GIB / PAGE);
        assert_int_equal(wish.align, 512);
        assert_int_equal(wish.node, 2);
        assert_string_equal(wish.name, "camera");
        assert_string_equal(wish.area, "linux,cma");

        /* what a machine without nodes has, memctl.ko will know */
        assert_int_equal(reserve_judge(&unknown, PAGE, &untold, &wish, &message), 0);
        assert_null(message);
}

static void test_refused(void **state)
{
        static char long_area[65];

        (void) state;

        memset(long_area, 'x', sizeof(long_area) - 1);
        check_refused((struct reserve_request){ 0, 0, -1, false, NULL, NULL }, -EINVAL, "0 bytes: accepted");
        check_refused((struct reserve_request){ PAGE + 1, 0, -1, false, NULL, NULL }, -EINVAL,
                      "a multiple of the page size, 4096 bytes");
        check_refused((struct reserve_request){ 3 * GIB + PAGE, 0, -1, false, NULL, NULL }, -ENOSPC,
                      "the machine has only 3221225472 bytes");
        check_refused((struct reserve_request){ UINT64_MAX - PAGE + 1, 0, -1, false, NULL, NULL }, -ENOSPC,
                      "the machine has only");
        check_refused((struct reserve_request){ 2 * GIB, 0, 2, false, NULL, NULL }, -ENOSPC,
                      "the node asked for has only 1073741824 bytes");
        check_refused((struct reserve_request){ PAGE, 0, 1, false, NULL, NULL }, -EINVAL,
                      "node 1: the machine has no such node");
        check_refused((struct reserve_request){ PAGE, 0, -2, false, NULL, NULL }, -EINVAL, "node -2");
        check_refused((struct reserve_request){ PAGE, 3 * PAGE, -1, false, NULL, NULL }, -EINVAL,
                      "alignment to 12288 bytes: accepted is a power of two");
        check_refused((struct reserve_request){ PAGE, PAGE / 2, -1, false, NULL, NULL }, -EINVAL, "2048");
        check_refused((struct reserve_request){ PAGE, 0, -1, false, "a b", NULL }, -EINVAL, "name \"a b\"");
        check_refused((struct reserve_request){ PAGE, 0, -1, false, "42", NULL }, -EINVAL, "not a number");
        check_refused((struct reserve_request){ PAGE, 0, -1, false, "", NULL }, -EINVAL, "name \"\"");
        check_refused((struct reserve_request){ PAGE, 0, -1, false, NULL, "" }, -EINVAL, "area \"\"");
        check_refused((struct reserve_request){ PAGE, 0, -1, false, NULL, "a\n" }, -EINVAL, "area \"a?\"");
        check_refused((struct reserve_request){ PAGE, 0, -1, false, NULL, long_area }, -EINVAL,
                      "area \"xxx");
        check_refused((struct reserve_request){ PAGE, 0, -1, true, NULL, "reserved" }, -EINVAL,
                      "in no zone Movable");
}

static void test_keys(void **state)
{
        static const char *const bad[] = { "", "0", "a b", "18446744073709551616", "1 " };
        uint64_t id = 7;
        char *message = NULL;

        (void) state;

        assert_int_equal(reserve_parse_key("camera", &id, &message), 0);
        assert_int_equal(id, 0);
        assert_int_equal(reserve_parse_key("18446744073709551615", &id, &message), 0);
        assert_int_equal(id, UINT64_MAX);
        assert_null(message);
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                assert_int_equal(reserve_parse_key(bad[i], &id, &message), -EINVAL);
                assert_says(&message, "accepted is a reservation's name or number");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_taken),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_keys),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
