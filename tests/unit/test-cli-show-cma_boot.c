/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_boot.h"
#include "daemon/plan/boot_reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A reason as memctld sends it, each figure 3 MiB, of area "area" and with text "text". */
static json_object *make(enum boot_reason_code code)
{
        json_object *reason = json_object_new_object();
        const char *const *figures = boot_reason_figures(code);

        json_object_object_add(reason, "code", json_object_new_string(boot_reason_name(code)));
        json_object_object_add(reason, "area", json_object_new_string("area"));
        json_object_object_add(reason, "text", json_object_new_string("text"));
        for (size_t i = 0; figures[i]; i++)
                json_object_object_add(reason, figures[i], json_object_new_uint64(3 << 20));
        return reason;
}

/* Each code has a sentence, which has all of its figures by their right names. */
static void test_all(void **state)
{
        (void) state;

        for (int code = 0; code < _BOOT_REASON_MAX; code++) {
                json_object *reason = make((enum boot_reason_code) code);
                char *sentence = cma_boot_sentence(reason);

                assert_non_null(sentence);
                assert_string_not_equal(sentence, boot_reason_name((enum boot_reason_code) code));
                assert_null(strchr(sentence, '?'));
                assert_null(strchr(sentence, '{'));
                free(sentence);
                json_object_put(reason);
        }
}

static void check(const char *reason, const char *wanted)
{
        json_object *object = json_tokener_parse(reason);
        char *sentence = cma_boot_sentence(object);

        assert_string_equal(sentence, wanted);
        free(sentence);
        json_object_put(object);
}

static void test_words(void **state)
{
        (void) state;

        check("{\"code\":\"much\",\"bytes\":3145728}", "3 MiB is more than half of the memory (?)");
        check("{\"code\":\"no_requests\",\"seconds\":259200}",
              "nothing asked for contiguous memory in 3 days of record");
        check("{\"code\":\"no_requests\",\"seconds\":7300}",
              "nothing asked for contiguous memory in 2 hours of record");
        check("{\"code\":\"no_requests\",\"seconds\":119}",
              "nothing asked for contiguous memory in 119 s of record");
        check("{\"code\":\"of_a_newer_memctld\"}", "of_a_newer_memctld");
        check("{}", "");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all),
                cmocka_unit_test(test_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
