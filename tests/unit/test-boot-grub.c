/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "boot_tree.h"
#include "daemon/boot/state.h"
#include "says.h"

#include <errno.h>

#define CFG      "boot/grub/grub.cfg"
#define FRAGMENT "etc/default/grub.d/zz-memctl-cma.cfg"
#define HEAD                                                                                                \
        "# Written by memctl; memctl cma boot --revert, or policy online boot --revert, takes it away.\n"
#define OF_OTHERS "linux /vmlinuz ro\n"
#define LINE     "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX cma=64M\"\n"

static void make(struct boot_tree *tree)
{
        boot_tree_make(tree);
        tree_text(tree->root, CFG, "linux /vmlinuz ro\n");
        tree_text(tree->root, "etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
        tree_text(tree->root, "usr/sbin/update-grub", "");
        tree->made = CFG;
        tree->made_text = "linux /vmlinuz ro cma=64M quiet\n";
}

static void test_apply(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, FRAGMENT, HEAD LINE);
        assert_int_equal(tree.runs, 1);
        assert_apply(&tree, "cma=64M", 0, NULL);
        assert_int_equal(tree.runs, 1);
        tree.made_text = "linux /vmlinuz ro\n";
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, FRAGMENT, NULL);
        assert_file(&tree, CFG, "linux /vmlinuz ro\n");
        assert_file(&tree, "etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
        assert_int_equal(tree.runs, 2);
        boot_tree_remove(&tree);
}

/* The default parameters stand behind the others, and the last cma= counts. */
static void test_default(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree_text(tree.root, "etc/default/grub.d/50-cloud.cfg",
                  "GRUB_CMDLINE_LINUX_DEFAULT=\"console=x cma=8M\"\n");
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, FRAGMENT,
                    HEAD LINE "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT cma=64M\"\n");
        boot_tree_remove(&tree);
}

/* A shell reads on behind a NUL, and so is what it sets there seen. */
static void test_default_no_text(void **state)
{
        static const char bytes[] = "A=1\n\0\nGRUB_CMDLINE_LINUX_DEFAULT=\"cma=8M\"\n";
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree_bytes(tree.root, "etc/default/grub.d/50-cloud.cfg", bytes, sizeof(bytes) - 1);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, FRAGMENT,
                    HEAD LINE "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT cma=64M\"\n");
        boot_tree_remove(&tree);
}

/* A fragment of somebody's own under that name comes back as it was. */
static void test_was_there(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree_text(tree.root, FRAGMENT, "# mine");
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, FRAGMENT, HEAD LINE);
        tree.made_text = OF_OTHERS;
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, FRAGMENT, "# mine");
        boot_tree_remove(&tree);
}

static void test_program(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree.error = -EIO;
        assert_apply(&tree, "cma=64M", -EIO, "the program said no; all is as before");
        assert_file(&tree, FRAGMENT, NULL);
        assert_file(&tree, BOOT_STATE_FILE, NULL);
        assert_revert(&tree, -ENOENT, "no boot setting");

        /* it is content, but another fragment has set the variable anew */
        tree.error = 0;
        tree.made_text = "linux /vmlinuz ro cma=640M\n";
        assert_apply(&tree, "cma=64M", -EIO, "cma=64M is not in /boot/grub/grub.cfg; all is as before");
        assert_file(&tree, FRAGMENT, NULL);

        tree_unlink(tree.root, "usr/sbin/update-grub");
        assert_apply(&tree, "cma=64M", -EOPNOTSUPP, "not /usr/sbin/update-grub");
        boot_tree_remove(&tree);
}

/* A revert whose program fails is tried again by the next one. */
static void test_revert_again(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        tree.error = -EIO;
        assert_revert(&tree, -EIO, "the program said no");
        assert_file(&tree, FRAGMENT, NULL);
        tree.error = 0;
        tree.made_text = OF_OTHERS;
        assert_revert(&tree, 0, NULL);
        assert_revert(&tree, -ENOENT, "no boot setting");
        boot_tree_remove(&tree);
}

/* As one that is killed while the program is at work, which goes on. */
static void begin(struct boot_tree *tree)
{
        struct boot_state begun;
        char *message = NULL;

        assert_apply(tree, "cma=64M", 1, NULL);
        assert_int_equal(boot_state_load(tree->fd, &begun, &message), 0);
        begun.complete = false;
        assert_int_equal(boot_state_save(tree->fd, &begun, &message), 0);
        boot_state_clear(&begun);
        tree->made_text = OF_OTHERS;
        tree->runs = 0;
}

/* The first run is that one still, and has made grub.cfg of what was written: another follows. */
static void test_killed(void **state)
{
        struct boot_tree tree;
        char *message = NULL;

        (void) state;

        make(&tree);
        begin(&tree);
        tree.merged = 1;
        assert_int_equal(boot_settle(tree.fd, &tree.runner, &message), 0);
        assert_int_equal(tree.runs, 2);
        assert_file(&tree, FRAGMENT, NULL);
        assert_file(&tree, CFG, OF_OTHERS);
        assert_file(&tree, BOOT_STATE_FILE, NULL);

        /* without an end: what is left is not forgotten */
        tree.made_text = "linux /vmlinuz ro cma=64M quiet\n";
        begin(&tree);
        tree.merged = 100;
        assert_int_equal(boot_settle(tree.fd, &tree.runner, &message), -EIO);
        assert_says(&message, "update-grub was run, but cma=64M still is in /boot/grub/grub.cfg");
        assert_int_equal(tree.runs, 2);
        assert_file(&tree, FRAGMENT, NULL);
        tree.merged = 0;
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, CFG, OF_OTHERS);
        assert_revert(&tree, -ENOENT, "no boot setting");

        /* somebody else has set it since: that is told once, and stays */
        tree.made_text = "linux /vmlinuz ro cma=64M quiet\n";
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_revert(&tree, -EIO, "somebody else sets it");
        assert_file(&tree, FRAGMENT, NULL);
        assert_revert(&tree, -ENOENT, "no boot setting");
        boot_tree_remove(&tree);
}

/* What was in grub.cfg without memctl stays in it. */
static void test_had_it(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree_text(tree.root, CFG, "linux /vmlinuz ro cma=64M quiet\n");
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_revert(&tree, 0, NULL);
        assert_int_equal(tree.runs, 2);

        /* of a setting that took the place of another, both words are memctl's, or one is not */
        for (int had = 0; had < 2; had++) {
                const char *before = had ? "linux /vmlinuz ro cma=64M quiet\n" : OF_OTHERS;

                tree_text(tree.root, CFG, before);
                tree.made_text = "linux /vmlinuz ro cma=64M cma_pernuma=0 quiet\n";
                assert_apply(&tree, "cma=64M cma_pernuma=0", 1, NULL);
                tree.made_text = "linux /vmlinuz ro cma=64M quiet\n";
                assert_apply(&tree, "cma=64M", 1, NULL);
                tree.made_text = before;
                tree.merged = 1;
                tree.runs = 0;
                assert_revert(&tree, 0, NULL);
                assert_int_equal(tree.runs, had ? 1 : 2);
        }
        boot_tree_remove(&tree);
}

/* A program that has made its file, and fails then: what it made is to go, too. */
static void test_program_late(void **state)
{
        struct boot_tree tree;

        (void) state;

        make(&tree);
        tree.error = -EIO;
        tree.fails_late = true;
        assert_apply(&tree, "cma=64M", -EUCLEAN, "not all could be put back: the program said no");
        assert_file(&tree, FRAGMENT, NULL);
        tree.error = 0;
        tree.made_text = OF_OTHERS;
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, CFG, OF_OTHERS);
        assert_file(&tree, BOOT_STATE_FILE, NULL);
        boot_tree_remove(&tree);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_apply),           cmocka_unit_test(test_default),
                cmocka_unit_test(test_was_there),       cmocka_unit_test(test_program),
                cmocka_unit_test(test_revert_again),    cmocka_unit_test(test_killed),
                cmocka_unit_test(test_had_it),          cmocka_unit_test(test_program_late),
                cmocka_unit_test(test_default_no_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
