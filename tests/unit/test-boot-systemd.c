/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "boot_tree.h"

#include <errno.h>
#include <stdio.h>

#define ENTRIES "boot/efi/loader/entries/"
#define ONE     ENTRIES "debian-6.12.conf"
#define TWO     ENTRIES "debian-7.3.conf"
#define CMDLINE "etc/kernel/cmdline"

static const char one[] = "title Debian\r\nlinux /vmlinuz-6.12\r\noptions root=UUID=1 ro\r\n",
                  two[] = "title Debian\nlinux /vmlinuz-7.3\noptions root=UUID=1 cma=8M\noptions quiet",
                  other[] = "title Tool\nefi /tool.efi\n", cmdline[] = "root=UUID=1 ro";

static void make(struct boot_tree *tree)
{
        boot_tree_make(tree);
        tree_text(tree->root, ONE, one);
        tree_text(tree->root, TWO, two);
        tree_text(tree->root, ENTRIES "tool.conf", other);
        tree_text(tree->root, ENTRIES "README", "options x\n");
        tree_text(tree->root, CMDLINE, cmdline);
}

static void test_apply(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, ONE, "title Debian\r\nlinux /vmlinuz-6.12\r\noptions root=UUID=1 ro cma=64M\r\n");
        assert_file(&tree, TWO,
                    "title Debian\nlinux /vmlinuz-7.3\noptions root=UUID=1\noptions quiet cma=64M");
        assert_file(&tree, CMDLINE, "root=UUID=1 ro cma=64M");
        assert_file(&tree, ENTRIES "tool.conf", other);
        assert_file(&tree, ENTRIES "README", "options x\n");
        assert_int_equal(tree.runs, 0);
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, ONE, one);
        assert_file(&tree, TWO, two);
        assert_file(&tree, CMDLINE, cmdline);
        boot_tree_remove(&tree);
}

/* What another tool has changed since is not overwritten, and nothing else is either. */
static void test_changed(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        tree_text(tree.root, CMDLINE, "root=UUID=2");
        assert_revert(&tree, -ESTALE, "/etc/kernel/cmdline: it was changed since memctl wrote it");
        assert_apply(&tree, "cma=32M", -ESTALE, "/etc/kernel/cmdline: it was changed");
        assert_file(&tree, CMDLINE, "root=UUID=2");
        assert_file(&tree, ONE, "title Debian\r\nlinux /vmlinuz-6.12\r\noptions root=UUID=1 ro cma=64M\r\n");
        tree_unlink(tree.root, CMDLINE);
        assert_revert(&tree, -ESTALE, "/etc/kernel/cmdline: it was removed");
        tree_text(tree.root, CMDLINE, "root=UUID=1 ro cma=64M");
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, TWO, two);
        boot_tree_remove(&tree);
}

/* An image that is all in one has no file to be changed. */
static void test_no_entry(void **state)
{
        struct boot_tree tree;

        (void) state;

        boot_tree_make(&tree);
        tree_folder(tree.root, "efi/loader/entries");
        assert_apply(&tree, "cma=64M", -EOPNOTSUPP, "unified kernel image");
        boot_tree_remove(&tree);
}

/* More kernels than anybody has: refused, with nothing written. */
static void test_many(void **state)
{
        struct boot_tree tree;

        (void) state;

        boot_tree_make(&tree);
        for (unsigned int i = 0; i <= BOOT_CHANGE_FILES_MAX; i++) {
                char path[64];

                (void) snprintf(path, sizeof(path), "efi/loader/entries/%03u.conf", i);
                tree_text(tree.root, path, "options ro\n");
        }
        assert_apply(&tree, "cma=64M", -E2BIG, "more such files than memctl changes");
        assert_file(&tree, "efi/loader/entries/000.conf", "options ro\n");
        boot_tree_remove(&tree);
}

/* An entry with a name for which there is no room is not passed over: it may be the one that is booted. */
static void test_long_name(void **state)
{
        struct boot_tree tree;
        char path[300];

        (void) state;

        make(&tree);
        (void) snprintf(path, sizeof(path), ENTRIES "%0240u.conf", 1U);
        tree_text(tree.root, path, one);
        assert_apply(&tree, "cma=64M", -ENAMETOOLONG, "1.conf: File name too long");
        assert_file(&tree, TWO, two);
        boot_tree_remove(&tree);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_apply),     cmocka_unit_test(test_changed),
                cmocka_unit_test(test_no_entry),  cmocka_unit_test(test_many),
                cmocka_unit_test(test_long_name),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
