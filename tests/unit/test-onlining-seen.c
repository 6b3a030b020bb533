/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/block.h"
#include "daemon/onlining/seen.h"
#include "tree.h"

#include <stdlib.h>
#include <unistd.h>

#define FILE_NAME "run/memctl/seen-blocks"

static struct tree *open_tree(const char *root)
{
        struct tree *tree;
        char *message = NULL;

        assert_int_equal(tree_open(root, &tree, &message), 0);
        return tree;
}

static void test_list(void **state)
{
        struct seen seen = { 0 };

        (void) state;

        for (uint32_t i = 0; i < 100; i++)
                assert_int_equal(seen_add(&seen, &(struct arrival){ i * 37 % 100, 1000 + i }), 0);
        assert_int_equal(seen_add(&seen, &(struct arrival){ 5, 7 }), 0); /* another one in its place */
        assert_int_equal(seen.n_pending, 100);
        assert_int_equal(seen.mark, 1099);
        for (uint32_t i = 0; i < 100; i++)
                assert_int_equal(seen.pending[i].block, i);
        assert_int_equal(seen.pending[5].identity, 7);
        for (uint32_t i = 0; i < 100; i += 2)
                seen_remove(&seen, i);
        seen_remove(&seen, 200);
        assert_int_equal(seen.n_pending, 50);
        assert_true(seen_has(&seen, 31));
        assert_false(seen_has(&seen, 32));
        assert_int_equal(seen.mark, 1099);
        seen_clear(&seen);
}

static void test_file(void **state)
{
        static const char *const bad[] = { "", "mark\n", "block 1 2\n", "mark x\nblock 1 2\n" };
        char *root = tree_make();
        struct seen seen = { .known = true }, back;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        tree = open_tree(root);
        seen_read(tree, &back);
        assert_false(back.known);
        for (uint32_t i = 0; i < 5000; i++)
                assert_int_equal(seen_add(&seen, &(struct arrival){ i, UINT64_MAX - i }), 0);
        assert_int_equal(seen_write(tree, &seen), 0);
        seen_read(tree, &back);
        assert_true(back.known);
        assert_true(back.mark == UINT64_MAX);
        assert_int_equal(back.n_pending, 5000);
        assert_memory_equal(&back.pending[4999], &seen.pending[4999], sizeof(*seen.pending));
        seen_clear(&back);
        seen_clear(&seen);
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                tree_unlink(root, FILE_NAME);
                tree_text(root, FILE_NAME, bad[i]);
                seen_read(tree, &back);
                assert_false(back.known);
                assert_int_equal(back.n_pending, 0);
        }
        tree_close(tree);
        tree_remove(root);
}

/* Folders in a tree have numbers of their file system; they need not grow, so what counts is set by hand. */
static void test_look(void **state)
{
        char *root = tree_make();
        struct seen seen = { 0 };
        struct tree *tree;
        uint64_t one, two, high;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        tree_block(root, 1, "online", "Normal", "1");
        tree_block(root, 2, "offline", "Movable", "1");
        tree = open_tree(root);
        one = block_identity(tree, 1);
        two = block_identity(tree, 2);
        high = one > two ? one : two;

        /* nobody was here before: all that is there is not new */
        assert_int_equal(seen_look(tree, &seen), 0);
        assert_true(seen.known);
        assert_true(seen.mark == high);
        assert_int_equal(seen.n_pending, 0);

        /* all came since */
        seen.mark = 0;
        assert_int_equal(seen_look(tree, &seen), 0);
        assert_int_equal(seen.n_pending, 2);
        assert_true(seen.mark == high);

        /* what was not dealt with stays so while it is the same; what is gone goes, and so does what is
         * another */
        seen_add(&seen, &(struct arrival){ 9, high });
        seen_add(&seen, &(struct arrival){ 1, one + 100000 });
        seen.mark = high + 1000000;
        assert_int_equal(seen_look(tree, &seen), 0);
        assert_int_equal(seen.n_pending, 1);
        assert_int_equal(seen.pending[0].block, 2);
        assert_true(seen.mark == high + 1000000);

        /* dealt with: it is not new, whatever becomes of it */
        seen_remove(&seen, 2);
        assert_int_equal(seen_look(tree, &seen), 0);
        assert_int_equal(seen.n_pending, 0);
        seen_clear(&seen);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_list),
                cmocka_unit_test(test_file),
                cmocka_unit_test(test_look),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
