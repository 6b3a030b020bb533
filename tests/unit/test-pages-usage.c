/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/text.h"
#include "daemon/pages/usage.h"
#include "tree.h"

#include <linux/kernel-page-flags.h>
#include <stdlib.h>
#include <string.h>

#define FLAG(bit) (UINT64_C(1) << (bit))

/* Blocks of 64 pages, so that a table fits on a page of paper. */
#define PAGES      64
#define BLOCK_SIZE (PAGES * (uint64_t) sysconf(_SC_PAGESIZE))

static void test_counts(void **state)
{
        uint64_t flags[2 * PAGES] = { 0 };
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct block_usage usage;
        char *root = tree_make();

        (void) state;

        /* block 1: 10 free, 5 anon, 3 slab, 2 holes, 1 poisoned, 1 offline, and the rest in use by the
         * kernel */
        for (int i = 0; i < 22; i++)
                flags[PAGES + i] = i < 10   ? FLAG(KPF_BUDDY)
                                   : i < 15 ? FLAG(KPF_ANON) | FLAG(KPF_LRU)
                                   : i < 18 ? FLAG(KPF_SLAB)
                                   : i < 20 ? FLAG(KPF_NOPAGE)
                                   : i < 21 ? FLAG(KPF_HWPOISON)
                                            : FLAG(KPF_OFFLINE);
        tree_folder(root, "sys/devices/system/memory");
        tree_bytes(root, "proc/kpageflags", flags, sizeof(flags));
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);

        assert_int_equal(block_usage_read(tree, BLOCK_SIZE, 1, &usage), 0);
        assert_true(usage.known);
        assert_int_equal(usage.number, 1);
        assert_int_equal(usage.pages_free, 10);
        assert_int_equal(usage.pages_in_use, PAGES - 10 - 4);

        /* past the end of the file: not known, and not none */
        assert_int_equal(block_usage_read(tree, BLOCK_SIZE, 2, &usage), 0);
        assert_false(usage.known);
        tree_remove(root);
}

static void test_without_proc(void **state)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct memory_room room = { .known = true };
        struct block_usage usage = { .known = true };
        char *root = tree_make();

        (void) state;

        tree_folder(root, "sys/devices/system/memory");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        assert_int_equal(block_usage_read(tree, BLOCK_SIZE, 0, &usage), 0);
        assert_false(usage.known);
        memory_room_read(tree, &room);
        assert_false(room.known);
        assert_int_equal(pages_migrated_read(tree), 0);
        tree_remove(root);
}

static void test_room(void **state)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct memory_room room;
        char *root = tree_make();

        (void) state;

        tree_folder(root, "sys/devices/system/memory");
        tree_text(root, "proc/meminfo", "MemTotal: 9 kB\nMemFree:        100 kB\nMemAvailable:\t  250 kB\n");
        tree_text(root, "proc/vmstat",
                  "xpgmigrate_success 1\npgmigrate_success 4711\npgmigrate_success_x 5\n");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        memory_room_read(tree, &room);
        assert_true(room.known);
        assert_int_equal(room.available_bytes, 250 * 1024);
        assert_int_equal(pages_migrated_read(tree), 4711);
        tree_remove(root);
}

static void test_text(void **state)
{
        uint64_t value = 42;

        (void) state;

        assert_true(text_number("a 1\nb 2\n", "b", &value));
        assert_int_equal(value, 2);
        assert_false(text_number("ab 1\n", "b", &value));
        assert_false(text_number("b1\n", "b", &value));
        assert_false(text_number("b x\n", "b", &value));
        assert_false(text_number("b 99999999999999999999999999\n", "b", &value));
        assert_false(text_number("b 18446744073709551616\n", "b", &value));
        assert_false(text_kib("b 18446744073709551615\n", "b", &value));
        assert_int_equal(value, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_counts),
                cmocka_unit_test(test_without_proc),
                cmocka_unit_test(test_room),
                cmocka_unit_test(test_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
