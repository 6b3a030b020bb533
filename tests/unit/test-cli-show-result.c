/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a job ended, as an exit status. */
#include "cli/run/context.h"
#include "cli/show/result.h"

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static int status_of(const char *text)
{
        json_object *job = json_tokener_parse(text);
        int status;

        assert_non_null(job);
        status = result_job_status(job);
        json_object_put(job);
        return status;
}

static void test_statuses(void **state)
{
        (void) state;

        assert_int_equal(status_of("{\"Result\":\"done\",\"BlocksDone\":8}"), EXIT_DONE);
        assert_int_equal(status_of("{\"Result\":\"refused\",\"BlocksDone\":0}"), EXIT_REFUSED);
        assert_int_equal(status_of("{\"Result\":\"partial\",\"BlocksDone\":3}"), EXIT_PARTIAL);
        assert_int_equal(status_of("{\"Result\":\"failed\",\"BlocksDone\":0}"), EXIT_FAILED);
        assert_int_equal(status_of("{\"Result\":\"failed\",\"BlocksDone\":2}"), EXIT_NOT_PUT_BACK);
        assert_int_equal(status_of("{\"Result\":\"cancelled\",\"BlocksDone\":0}"), EXIT_FAILED);
        assert_int_equal(status_of("{\"Result\":\"cancelled\",\"BlocksDone\":1}"), EXIT_NOT_PUT_BACK);
        assert_int_equal(status_of("{\"Result\":\"timeout\",\"BlocksDone\":1}"), EXIT_NOT_PUT_BACK);
}

#define HUGEPAGES(result, added)                                                                            \
        "{\"Verb\":\"hugepages-reserve\",\"Result\":\"" result "\",\"BlocksDone\":0,"                       \
        "\"Figures\":{\"added\":" added "}}"

static void test_statuses_of_huge_pages(void **state)
{
        (void) state;

        assert_int_equal(status_of(HUGEPAGES("done", "20")), EXIT_DONE);
        assert_int_equal(status_of(HUGEPAGES("partial", "3")), EXIT_PARTIAL);
        assert_int_equal(status_of(HUGEPAGES("failed", "0")), EXIT_FAILED);
        assert_int_equal(status_of(HUGEPAGES("cancelled", "1")), EXIT_NOT_PUT_BACK);
        assert_int_equal(status_of("{\"Verb\":\"hugepages-reserve\",\"Result\":\"failed\"}"), EXIT_FAILED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_statuses),
                cmocka_unit_test(test_statuses_of_huge_pages),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
