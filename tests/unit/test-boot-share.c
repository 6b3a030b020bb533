/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two kinds of settings in one command line: each leaves the other's alone. */
#include "basic/cleanup.h"
#include "boot_tree.h"
#include "daemon/boot/share.h"
#include "daemon/boot/state.h"

#include <errno.h>
#include <stdlib.h>

#define FILE_PATH "boot/firmware/cmdline.txt"
#define MEMMAP    BOOT_MEMMAP_PARAMETER

static void make(struct boot_tree *tree)
{
        boot_tree_make(tree);
        tree_text(tree->root, "boot/firmware/config.txt", "");
        tree_text(tree->root, FILE_PATH, "ro\n");
}

static int apply_memmap(struct boot_tree *tree, const char *parameter)
{
        char *message = NULL;
        int r = boot_apply(tree->fd, BOOT_SHARE_MEMMAP, parameter, 0, &tree->runner, &message);

        free(message);
        return r;
}

static int revert_memmap(struct boot_tree *tree)
{
        char *message = NULL;
        int r = boot_revert(tree->fd, BOOT_SHARE_MEMMAP, &tree->runner, &message);

        free(message);
        return r;
}

static void test_pick(void **state)
{
        static const char all[] = "cma=64M memory_hotplug.memmap_on_memory=Y numa_cma=0:16M";
        char buf[64];

        (void) state;

        boot_share_pick(BOOT_SHARE_MEMMAP, true, all, buf, sizeof(buf));
        assert_string_equal(buf, MEMMAP "=Y");
        boot_share_pick(BOOT_SHARE_CMA, true, all, buf, sizeof(buf));
        assert_string_equal(buf, "cma=64M numa_cma=0:16M");
        boot_share_pick(BOOT_SHARE_CMA, false, all, buf, sizeof(buf));
        assert_string_equal(buf, MEMMAP "=Y");
        boot_share_pick(BOOT_SHARE_MEMMAP, true, "cma=64M", buf, sizeof(buf));
        assert_string_equal(buf, "");
        boot_share_pick(BOOT_SHARE_CMA, true, all, buf, 10);
        assert_string_equal(buf, "cma=64M");
}

static void test_beside_each_other(void **state)
{
        _cleanup_(boot_state_clear) struct boot_state applied = { 0 };
        struct boot_tree tree;
        char *message = NULL;

        (void) state;

        make(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_int_equal(apply_memmap(&tree, MEMMAP "=Y"), 1);
        assert_file(&tree, FILE_PATH, "ro cma=64M " MEMMAP "=Y\n");
        assert_int_equal(apply_memmap(&tree, MEMMAP "=Y"), 0);
        assert_int_equal(boot_state_load(tree.fd, &applied, &message), 0);
        assert_int_equal(applied.bytes,
                         1); /* that were recommended for the one are remembered by the other */

        /* each may change, and go, first */
        assert_apply(&tree, "cma=32M", 1, NULL);
        assert_file(&tree, FILE_PATH, "ro " MEMMAP "=Y cma=32M\n");
        assert_int_equal(apply_memmap(&tree, MEMMAP "=force"), 1);
        assert_file(&tree, FILE_PATH, "ro cma=32M " MEMMAP "=force\n");
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, FILE_PATH, "ro " MEMMAP "=force\n");
        assert_revert(&tree, -ENOENT, "memctl has applied no boot setting");
        assert_file(&tree, FILE_PATH, "ro " MEMMAP "=force\n");
        assert_apply(&tree, "cma=32M", 1, NULL);
        assert_int_equal(revert_memmap(&tree), 0);
        assert_file(&tree, FILE_PATH, "ro cma=32M\n");
        assert_int_equal(revert_memmap(&tree), -ENOENT);
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, FILE_PATH, "ro\n");
        assert_file(&tree, BOOT_STATE_FILE, NULL);
        boot_tree_remove(&tree);
}

/* What was there before memctl came is what comes back, though one of that name was there. */
static void test_somebody_elses(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree_unlink(tree.root, FILE_PATH);
        tree_text(tree.root, FILE_PATH, "ro " MEMMAP "=N\n");
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, FILE_PATH, "ro " MEMMAP "=N cma=64M\n");
        assert_int_equal(revert_memmap(&tree), -ENOENT);
        assert_int_equal(apply_memmap(&tree, MEMMAP "=Y"), 1);
        assert_file(&tree, FILE_PATH, "ro " MEMMAP "=Y cma=64M\n");
        assert_int_equal(revert_memmap(&tree), 0);
        assert_file(&tree, FILE_PATH, "ro " MEMMAP "=N cma=64M\n");
        boot_tree_remove(&tree);
}

/* A file that somebody has changed since is not written over by either. */
static void test_changed_meanwhile(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_int_equal(apply_memmap(&tree, MEMMAP "=Y"), 1);
        tree_unlink(tree.root, FILE_PATH);
        tree_text(tree.root, FILE_PATH, "ro quiet\n");
        assert_int_equal(revert_memmap(&tree), -ESTALE);
        assert_int_equal(apply_memmap(&tree, MEMMAP "=N"), -ESTALE);
        assert_file(&tree, FILE_PATH, "ro quiet\n");
        boot_tree_remove(&tree);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pick),
                cmocka_unit_test(test_beside_each_other),
                cmocka_unit_test(test_somebody_elses),
                cmocka_unit_test(test_changed_meanwhile),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
