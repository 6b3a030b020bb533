/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/page_owner.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As Linux 7.2 writes it, and the second record as 6.1 does. */
static const char records[] =
        "Page allocated via order 3, mask 0x52800(GFP_NOWAIT), pid 1, tgid 1 (swapper/0), ts 5 ns\n"
        "PFN 0x1000 type Unmovable Block 8 type Unmovable Flags 0x100(slab)\n"
        " get_page_from_freelist+0x10/0x20\n"
        " __alloc_pages_noprof+0x10/0x20\n"
        " zs_malloc+0x21/0x3c0 [zsmalloc]\n"
        " zram_write_page.constprop.0+0x1/0x2 [zram]\n"
        " submit_bio+0x1/0x2\n"
        " one_more+0x1/0x2\n"
        "Page has been migrated, last migrate reason: compaction\n"
        "\n"
        "Page allocated via order 0, mask 0x1(X), pid 9, tgid 9 (x), ts 5 ns, free_ts 1 ns\n"
        "PFN 4112 type Movable Block 8 type Movable Flags 0x0()\n"
        " post_alloc_hook+0x1/0x2\n"
        " do_anonymous_page+0x1/0x2\n"
        "\n"
        "Page allocated via order 0, mask 0x1(X), pid 9, tgid 9 (x), ts 5 ns\n"
        "PFN 0x1020 type Movable Block 8 type Movable Flags 0x0()\n"
        "\n";

static int find(const char *text, uint64_t pfn, char **ret)
{
        _cleanup_(page_owner_closep) struct page_owner *owner = NULL;
        _cleanup_(tree_closep) struct tree *tree = NULL;
        char *root = tree_make();
        int r;

        tree_folder(root, "sys/devices/system/memory");
        if (text)
                tree_text(root, "sys/kernel/debug/page_owner", text);
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        *ret = NULL;
        r = page_owner_open(tree, &owner);
        if (r >= 0)
                r = page_owner_find(owner, pfn, ret);
        tree_remove(root);
        return r;
}

static void test_who(void **state)
{
        char *who;

        (void) state;

        for (uint64_t pfn = 0x1000; pfn < 0x1008; pfn++) {
                assert_int_equal(find(records, pfn, &who), 1);
                assert_string_equal(
                        who, "zs_malloc [zsmalloc] < zram_write_page.constprop.0 [zram] < submit_bio");
                free(who);
        }
        assert_int_equal(find(records, 4112, &who), 1);
        assert_string_equal(who, "do_anonymous_page");
        free(who);
        /* free, without a stack, behind the last */
        assert_int_equal(find(records, 0x1008, &who), 0);
        assert_int_equal(find(records, 0x1020, &who), 0);
        assert_int_equal(find(records, 0x2000, &who), 0);
        assert_int_equal(find(records, 0, &who), 0);
        assert_null(who);
}

/* The names of processes, of 15 bytes at most, with line breaks in them: neither a place nor a frame. */
static void test_names(void **state)
{
#define RECORD(name, pfn)                                                                                   \
        "Page allocated via order 0, mask 0x1(X), pid 9, tgid 9 (" name "), ts 5 ns\n"                      \
        "PFN " pfn " type Movable Block 8 type Movable Flags 0x0()\n"                                       \
        " do_anonymous_page+0x1/0x2\n"                                                                      \
        "\n"
        static const char hostile[] = RECORD("\nPFN 0x1001 ", "0x1000") RECORD("\n x+1 ", "0x1002");
        char *who;

        (void) state;

        assert_int_equal(find(hostile, 0x1000, &who), 1);
        assert_string_equal(who, "do_anonymous_page");
        free(who);
        assert_int_equal(find(hostile, 0x1001, &who), 0);
        assert_int_equal(find(hostile, 0x1002, &who), 1);
        assert_string_equal(who, "do_anonymous_page");
        free(who);
}

static void test_nonsense(void **state)
{
        char *who, *text;

        (void) state;

        assert_int_equal(find(NULL, 1, &who), -ENOENT);
        assert_int_equal(find("", 1, &who), 0);
        assert_int_equal(find("no record\n\n\n\n", 1, &who), 0);
        assert_int_equal(find("Page allocated via order 99, \nPFN 1 type x Block 1 x\n\n", 1, &who), 0);
        assert_int_equal(find("Page allocated via order 0,\nPFN 0xzz type x Block 1 x\n\n", 1, &who), 0);
        /* a record of names that never end */
        text = malloc(20001);
        assert_non_null(text);
        memset(text, 'x', 20000);
        text[20000] = '\0';
        assert_int_equal(find(text, 1, &who), -EBADMSG);
        free(text);
        /* a frame with a long name is cut, not overrun */
        assert_int_equal(find("Page allocated via order 0, m\nPFN 0x1 type x Block 1 type\n "
                              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+0x1/0x2 "
                              "[bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]\n"
                              " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+0x1/0x2 "
                              "[bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]\n"
                              " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+0x1/0x2 "
                              "[bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]\n\n",
                              1, &who),
                         1);
        free(who);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_who),
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_nonsense),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
