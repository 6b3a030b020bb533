/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/metrics/exposition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What families come to; they are freed. */
static char *text_of(json_object *families)
{
        char *text = NULL;
        size_t size;
        FILE *file = open_memstream(&text, &size);

        assert_non_null(file);
        exposition_put(file, families);
        assert_int_equal(fclose(file), 0);
        json_object_put(families);
        return text;
}

static void test_labels_may_be_anything(void **state)
{
        json_object *families = json_object_new_array();
        json_object *family = family_add(families, "x", FAMILY_GAUGE, "a \"b\" \\ c\nd");
        _cleanup_free_ char *text = NULL;

        (void) state;

        family_sample(family, json_object_new_int(-1),
                      LABELS({ "l", "a\"b\\c\nd\r\x1b[31m\x7f\xc3\xa4} 7\n" }, { "m", "" }));
        text = text_of(families);
        assert_string_equal(text, "# HELP x a \"b\" \\\\ c\\nd\n# TYPE x gauge\n"
                                  "x{l=\"a\\\"b\\\\c\\nd??[31m?\xc3\xa4} 7\\n\",m=\"\"} -1\n");
}

static void test_values(void **state)
{
        json_object *families = json_object_new_array();
        json_object *family = family_add(families, "n_total", FAMILY_COUNTER, "h");
        _cleanup_free_ char *text = NULL;

        (void) state;

        family_sample(family, json_object_new_uint64(UINT64_MAX), NO_LABELS);
        family_sample(family, family_seconds(1000001), LABELS({ "a", "1" }));
        family_sample(family, NULL, LABELS({ "a", "nobody tells" }));
        text = text_of(families);
        assert_string_equal(text, "# HELP n_total h\n# TYPE n_total counter\nn_total 18446744073709551615\n"
                                  "n_total{a=\"1\"} 1.000001\n");
}

static void test_order_and_families_without_samples(void **state)
{
        json_object *families = json_object_new_array(), *family;
        _cleanup_free_ char *text = NULL;

        (void) state;

        (void) family_add(families, "none", FAMILY_GAUGE, "h");
        family = family_add(families, "x", FAMILY_GAUGE, "h");
        family_sample(family, json_object_new_int(3), LABELS({ "node", "10" }, { "zone", "A" }));
        family_sample(family, json_object_new_int(2), LABELS({ "node", "9" }, { "zone", "B" }));
        family_sample(family, json_object_new_int(1), LABELS({ "node", "9" }, { "zone", "A" }));
        (void) family_add(families, "none_either", FAMILY_GAUGE, "h");
        families_finish(families);
        text = text_of(families);
        assert_string_equal(text, "# HELP x h\n# TYPE x gauge\nx{node=\"9\",zone=\"A\"} 1\n"
                                  "x{node=\"9\",zone=\"B\"} 2\nx{node=\"10\",zone=\"A\"} 3\n");
}

static void test_a_family_has_so_many_samples(void **state)
{
        json_object *families = json_object_new_array();
        json_object *family = family_add(families, "x", FAMILY_GAUGE, "h");

        (void) state;

        for (int i = 0; i < FAMILY_SAMPLES_MAX + 7; i++) {
                char number[16];

                (void) snprintf(number, sizeof(number), "%d", i);
                family_sample(family, json_object_new_int(i), LABELS({ "i", number }));
        }
        assert_int_equal(family_left_out(families), 7);
        families_finish(families);
        assert_int_equal(json_object_array_length(value_array(family, "samples")), FAMILY_SAMPLES_MAX);
        assert_false(json_object_object_get_ex(family, "left_out", NULL));
        json_object_put(families);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_labels_may_be_anything),
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_order_and_families_without_samples),
                cmocka_unit_test(test_a_family_has_so_many_samples),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
