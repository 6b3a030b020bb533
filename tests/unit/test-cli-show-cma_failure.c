/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_failure.h"
#include "daemon/module/cma.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *json, const char *says)
{
        _cleanup_json_ json_object *failure = json_tokener_parse(json);
        _cleanup_free_ char *text = cma_failure_text(failure);

        assert_non_null(failure);
        assert_string_equal(text, says);
}

static void test_words(void **state)
{
        (void) state;

        check("{\"cause\":\"pinned\",\"errno\":\"EBUSY\",\"size\":8388608,\"align\":1048576,\"free_bytes\":"
              "33554432,"
              "\"largest_free_bytes\":16777216,\"age_usec\":3000000,\"pid\":812,\"command\":\"camera\","
              "\"owner\":\"vc4\",\"page\":4096,\"page_class\":\"pinned\",\"page_owner\":\"anon\"}",
              "3 s ago, camera (pid 812, vc4) asked for 8 MiB aligned to 1024 KiB and got EBUSY: a page in "
              "the way "
              "is pinned: a page of class pinned, of anon, at 0x1000; 32 MiB were not allocated, 16 MiB of "
              "them in "
              "a row");
        check("{\"cause\":\"wrong_area\",\"errno\":\"ENOMEM\",\"size\":4096,\"align\":4096,\"free_bytes\":0,"
              "\"largest_free_bytes\":0,\"age_usec\":4000000000,\"owner\":\"vc4\",\"other_area\":\"big\"}",
              "1 h 6 min ago, vc4 asked for 4 KiB and got ENOMEM: the area has no room, but another has "
              "(big); "
              "0 B were not allocated, 0 B of them in a row");
        /* who may not know more, and a cause of a newer memctld */
        check("{\"cause\":\"new\",\"errno\":\"EIO\",\"size\":4096,\"age_usec\":90000000}",
              "1 min ago, somebody asked for 4 KiB and got EIO: new; 0 B were not allocated, 0 B of them in "
              "a row");
}

/* Each cause that the module knows has words, and all but one something to do about it. */
static void test_causes(void **state)
{
        (void) state;

        for (enum memctl_cma_cause cause = 0; cause <= MEMCTL_CMA_CAUSE_MAX; cause++) {
                const char *name = module_cma_cause_name(cause);

                assert_string_not_equal(cma_cause_text(name), name);
                assert_int_equal(*cma_cause_advice(name) == '\0', cause == MEMCTL_CMA_INTERRUPTED);
        }
        assert_string_equal(cma_cause_advice("new"), "");
}

static void test_json(void **state)
{
        _cleanup_json_ json_object *failure = json_tokener_parse(
                "{\"cause\":\"transient\",\"errno\":\"EBUSY\",\"size\":4096,\"age_usec\":1500000}");
        _cleanup_json_ json_object *row = cma_failure_to_json(failure);

        (void) state;

        assert_string_equal(value_text(row, "cause"), "transient");
        assert_non_null(strstr(value_text(row, "advice"), "try again"));
        assert_non_null(strstr(value_text(row, "text"), "busy at that moment"));
        assert_true(json_object_object_get_ex(row, "pid", NULL));
        assert_null(json_object_object_get(row, "pid"));
        assert_non_null(strstr(json_object_to_json_string(row), "\"seconds\": 1.500000"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_causes),
                cmocka_unit_test(test_json),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
