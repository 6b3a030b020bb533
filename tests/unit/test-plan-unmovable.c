/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/unmovable.h"
#include "tree.h"

#include <stdlib.h>

static struct survey_count counts[] = {
        { .block = 1, .owner = SURVEY_OWNER_NONE, .class = MEMCTL_CLASS_FREE, .order = 3, .pages = 1000 },
        { .block = 1, .owner = 0, .class = MEMCTL_CLASS_PINNED, .order = 0, .pages = 5 },
        { .block = 1, .owner = 0, .class = MEMCTL_CLASS_PINNED, .order = 4, .pages = 16 },
        { .block = 1, .owner = SURVEY_OWNER_NONE, .class = MEMCTL_CLASS_RESERVED, .order = 0, .pages = 500 },
        { .block = 1, .owner = SURVEY_OWNER_NONE, .class = MEMCTL_CLASS_LRU_ANON, .order = 0, .pages = 90 },
        { .block = 2, .owner = 1, .class = MEMCTL_CLASS_OTHER, .order = 0, .pages = 7 },
        { .block = 2,
          .owner = SURVEY_OWNER_NONE,
          .class = MEMCTL_CLASS_LRU_MLOCKED,
          .order = 0,
          .pages = 3 },
        { .block = 2, .owner = SURVEY_OWNER_NONE, .class = MEMCTL_CLASS_OFFLINE, .order = 0, .pages = 70 },
        { .block = 3, .owner = SURVEY_OWNER_NONE, .class = MEMCTL_CLASS_SLAB, .order = 1, .pages = 2 },
        { .block = 3, .owner = 0, .class = MEMCTL_CLASS_PINNED, .order = 0, .pages = 1 },
        { .block = 4, .owner = SURVEY_OWNER_NONE, .class = MEMCTL_CLASS_LRU_FILE, .order = 0, .pages = 9 },
        { .block = 5, .owner = SURVEY_OWNER_NONE, .class = MEMCTL_CLASS_FREE, .order = 0, .pages = 9 },
};

static struct survey make(enum survey_source source)
{
        static char *owners[] = { (char *) "anon", (char *) "some_driver" };

        return (struct survey){
                .source = source,
                .owners = owners,
                .n_owners = 2,
                .counts = counts,
                .n_counts = sizeof(counts) / sizeof(counts[0]),
        };
}

static void expect(const struct owned_pages *pages, uint32_t block, enum memctl_class class, uint64_t n)
{
        assert_int_equal(pages->block, block);
        assert_int_equal(pages->class, class);
        assert_int_equal(pages->pages, n);
}

static void test_certain(void **state)
{
        struct survey survey = make(SURVEY_MODULE);
        struct owned_pages *list = NULL;
        size_t n = 0;

        (void) state;

        assert_int_equal(unmovable_certain(&survey, &list, &n), 0);
        assert_int_equal(n, 4);
        expect(&list[0], 1, MEMCTL_CLASS_PINNED, 21);
        expect(&list[1], 2, MEMCTL_CLASS_OTHER, 7);
        expect(&list[2], 3, MEMCTL_CLASS_SLAB, 2);
        expect(&list[3], 3, MEMCTL_CLASS_PINNED, 1);
        free(list);

        /* what is nobody's may be anybody's, without the module */
        survey = make(SURVEY_KPAGEFLAGS);
        assert_int_equal(unmovable_certain(&survey, &list, &n), 0);
        for (size_t i = 0; i < n; i++)
                assert_int_not_equal(list[i].class, MEMCTL_CLASS_OTHER);
        assert_int_equal(n, 3);
        free(list);
}

static void test_owners(void **state)
{
        struct survey survey = make(SURVEY_MODULE);
        struct owned_pages *list = NULL;
        size_t n = 0;

        (void) state;

        assert_int_equal(unmovable_owners(&survey, &list, &n), 0);
        assert_int_equal(n, 6);
        expect(&list[0], UINT32_MAX, MEMCTL_CLASS_LRU_MLOCKED, 3);
        expect(&list[1], UINT32_MAX, MEMCTL_CLASS_PINNED, 22);
        expect(&list[2], UINT32_MAX, MEMCTL_CLASS_SLAB, 2);
        expect(&list[3], UINT32_MAX, MEMCTL_CLASS_RESERVED, 500);
        expect(&list[4], UINT32_MAX, MEMCTL_CLASS_OFFLINE, 70);
        expect(&list[5], UINT32_MAX, MEMCTL_CLASS_OTHER, 7);
        assert_string_equal(pages_owner_name(&survey, list[5].owner, list[5].class), "some_driver");
        assert_string_equal(pages_owner_name(&survey, SURVEY_OWNER_NONE, MEMCTL_CLASS_OTHER), "kernel");
        free(list);
}

static void test_main_owner(void **state)
{
        struct survey survey = make(SURVEY_MODULE);

        (void) state;

        assert_string_equal(block_main_owner(&survey, 1), "reserved");
        assert_string_equal(block_main_owner(&survey, 2), "some_driver");
        assert_string_equal(block_main_owner(&survey, 3), "slab");
        assert_string_equal(block_main_owner(&survey, 4), "file");
        assert_null(block_main_owner(&survey, 5));
        assert_null(block_main_owner(&survey, 6));
}

static void test_empty(void **state)
{
        struct survey survey = { 0 };
        struct owned_pages *list = NULL;
        size_t n = 1;

        (void) state;

        assert_int_equal(unmovable_owners(&survey, &list, &n), 0);
        assert_int_equal(n, 0);
        free(list);
        list = NULL;
        assert_int_equal(unmovable_certain(&survey, &list, &n), 0);
        assert_int_equal(n, 0);
        free(list);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_certain),
                cmocka_unit_test(test_owners),
                cmocka_unit_test(test_main_owner),
                cmocka_unit_test(test_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
