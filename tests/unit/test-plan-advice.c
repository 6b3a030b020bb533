/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/advice.h"
#include "tree.h"

#include <string.h>

#define BIT(advice) (1U << (advice))

static void test_movability(void **state)
{
        (void) state;

        assert_int_equal(class_movability(SURVEY_MODULE, MEMCTL_CLASS_OTHER), MOVABLE_NO);
        assert_int_equal(class_movability(SURVEY_KPAGEFLAGS, MEMCTL_CLASS_OTHER), MOVABLE_UNKNOWN);
        assert_string_equal(class_kind_name(SURVEY_MODULE, MEMCTL_CLASS_OTHER), "unmovable");
        assert_string_equal(class_kind_name(SURVEY_KPAGEFLAGS, MEMCTL_CLASS_OTHER), "");
        for (int source = SURVEY_NONE; source <= SURVEY_KPAGEFLAGS; source++) {
                assert_int_equal(class_movability(source, MEMCTL_CLASS_FREE), MOVABLE_YES);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_LRU_MLOCKED), MOVABLE_YES);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_MOVABLE_OPS), MOVABLE_YES);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_HWPOISON), MOVABLE_YES);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_PINNED), MOVABLE_NO);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_SLAB), MOVABLE_NO);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_RESERVED), MOVABLE_NO);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_OFFLINE), MOVABLE_UNKNOWN);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_CMA), MOVABLE_NO);
                assert_int_equal(class_movability(source, MEMCTL_CLASS_MEMMAP), MOVABLE_YES);
                /* what moves is never called unmovable, and the other way round */
                for (int class = MEMCTL_CLASS_FREE; class <= MEMCTL_CLASS_MAX; class ++)
                        assert_int_equal(strcmp(class_kind_name(source, class), "unmovable") == 0,
                                         class_movability(source, class) == MOVABLE_NO);
        }
}

static void test_each_advice(void **state)
{
        static const struct {
                struct advice_facts facts;
                unsigned int has, has_not;
        } cases[] = {
                { { SURVEY_MODULE, MEMCTL_CLASS_PINNED, "anon", true, true, false, false, false, false },
                  BIT(ADVICE_STOP_PROCESS),
                  BIT(ADVICE_RELEASE_BUFFER) },
                { { SURVEY_MODULE, MEMCTL_CLASS_PINNED, "anon", true, false, false, false, false, false },
                  BIT(ADVICE_RELEASE_BUFFER),
                  BIT(ADVICE_STOP_PROCESS) },
                { { SURVEY_MODULE, MEMCTL_CLASS_PINNED, "hugetlb", false, false, false, false, false,
                    false },
                  BIT(ADVICE_RELEASE_BUFFER) | BIT(ADVICE_STOP_PROCESS) | BIT(ADVICE_FREE_HUGE_PAGES),
                  0 },
                { { SURVEY_MODULE, MEMCTL_CLASS_PINNED, "mali", true, false, false, false, false, false },
                  BIT(ADVICE_WAIT_FOR_DRIVER) | BIT(ADVICE_RETRY),
                  BIT(ADVICE_RELEASE_BUFFER) | BIT(ADVICE_STOP_PROCESS) },
                { { SURVEY_MODULE, MEMCTL_CLASS_PINNED, "anon", true, false, false, false, false, false },
                  BIT(ADVICE_RELEASE_BUFFER),
                  BIT(ADVICE_WAIT_FOR_DRIVER) },
                { { SURVEY_MODULE, MEMCTL_CLASS_CMA, NULL, false, false, false, false, false, false },
                  BIT(ADVICE_CMA_AREA),
                  ~BIT(ADVICE_CMA_AREA) },
                { { SURVEY_MODULE, MEMCTL_CLASS_LRU_MLOCKED, NULL, true, true, false, false, false, false },
                  BIT(ADVICE_UNLOCK),
                  ~BIT(ADVICE_UNLOCK) },
                { { SURVEY_KPAGEFLAGS, MEMCTL_CLASS_SLAB, NULL, false, false, true, false, false, false },
                  BIT(ADVICE_RECLAIM) | BIT(ADVICE_KERNEL_ZONE),
                  0 },
                { { SURVEY_KPAGEFLAGS, MEMCTL_CLASS_OTHER, NULL, false, false, false, true, false, false },
                  BIT(ADVICE_LOAD_MODULE),
                  BIT(ADVICE_UNLOAD_DRIVER) | BIT(ADVICE_KERNEL_ZONE) },
                { { SURVEY_MODULE, MEMCTL_CLASS_OTHER, "zsmalloc", false, false, false, true, false, false },
                  BIT(ADVICE_SWAP_OFF) | BIT(ADVICE_UNLOAD_DRIVER) | BIT(ADVICE_USE_MEMCTL),
                  BIT(ADVICE_LOAD_MODULE) },
                { { SURVEY_MODULE, MEMCTL_CLASS_OTHER, "zsmalloc", false, false, false, false, false,
                    false },
                  BIT(ADVICE_UNLOAD_DRIVER),
                  BIT(ADVICE_SWAP_OFF) },
                { { SURVEY_MODULE, MEMCTL_CLASS_OTHER, NULL, true, true, true, false, false, false },
                  BIT(ADVICE_STOP_PROCESS) | BIT(ADVICE_KERNEL_ZONE),
                  BIT(ADVICE_LOAD_MODULE) },
                { { SURVEY_KPAGEFLAGS, MEMCTL_CLASS_OFFLINE, NULL, false, false, false, false, false,
                    false },
                  BIT(ADVICE_LOAD_MODULE),
                  0 },
                { { SURVEY_MODULE, MEMCTL_CLASS_RESERVED, NULL, false, false, false, false, false, false },
                  BIT(ADVICE_KERNEL_ZONE),
                  0 },
                { { SURVEY_MODULE, MEMCTL_CLASS_LRU_FILE, NULL, true, true, true, true, false, false },
                  0,
                  ~0U },
                /* memory that came while the kernel ran, in the kernel's own zone: by whose policy */
                { { SURVEY_MODULE, MEMCTL_CLASS_SLAB, NULL, false, false, true, false, true, false },
                  BIT(ADVICE_ONLINE_POLICY) | BIT(ADVICE_KERNEL_ZONE),
                  0 },
                { { SURVEY_MODULE, MEMCTL_CLASS_SLAB, NULL, false, false, false, false, true, false },
                  0,
                  BIT(ADVICE_ONLINE_POLICY) | BIT(ADVICE_KERNEL_ZONE) },
                /* what a virtio-mem device has not plugged, or taken back */
                { { SURVEY_KPAGEFLAGS, MEMCTL_CLASS_OFFLINE, NULL, false, false, true, false, true, true },
                  BIT(ADVICE_SHRINK_DEVICE),
                  ~BIT(ADVICE_SHRINK_DEVICE) },
        };

        (void) state;

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                unsigned int advice = advice_give(&cases[i].facts);

                assert_int_equal(advice & cases[i].has, cases[i].has);
                assert_int_equal(advice & cases[i].has_not, 0);
        }
}

static void test_names(void **state)
{
        (void) state;

        for (unsigned int i = 0; i < _ADVICE_MAX; i++) {
                assert_non_null(advice_name(i));
                for (unsigned int j = 0; j < i; j++)
                        assert_string_not_equal(advice_name(i), advice_name(j));
        }
        assert_null(advice_name(_ADVICE_MAX));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_movability),
                cmocka_unit_test(test_each_advice),
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
