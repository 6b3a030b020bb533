// SPDX-License-Identifier: GPL-2.0
/*
 * On a kernel whose contract with drivers memctl.ko does not keep (6.17 to 6.19: <linux/balloon.h> is not there)
 * each provider is refused, and with it each page.
 */
#include "sequence.h"

#if MEMCTL_MM_MOVABLE_OPS || MEMCTL_MM_BALLOON
#error "this kernel was to have no binding"
#endif

static void test_refused(void **state)
{
        unsigned int generation = memctl_provider_generation();

        (void) state;
        assert_string_equal(memctl_mm_binding, "none");
        assert_non_null(memctl_mm_bind_refusal());
        assert_int_equal(PTR_ERR(memctl_provider_register("heap", &driver_ops, NULL)), -EOPNOTSUPP);
        assert_int_equal(PTR_ERR(memctl_provider_register("A", &driver_ops, NULL)), -EINVAL);
        assert_int_equal(generation, memctl_provider_generation());
        assert_null(memctl_provider_find("heap"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
