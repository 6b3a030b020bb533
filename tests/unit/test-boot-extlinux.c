/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "boot_tree.h"

#include <errno.h>
#include <string.h>

#define CONF     "boot/extlinux/extlinux.conf"
#define DEFAULTS "etc/default/u-boot"
#define FRAGMENT "etc/u-boot-menu/conf.d/zz-memctl-cma.conf"
#define LINES                                                                                               \
        "# Written by memctl; memctl cma boot --revert, or policy online boot --revert, takes it away.\n"   \
        "U_BOOT_PARAMETERS=\"${U_BOOT_PARAMETERS:-ro quiet} cma=64M\"\n"

#define MADE "append ro quiet cma=64M\n"

static const char conf[] = "default l0\nlabel l0\n\tlinux /vmlinuz\n\tappend root=/dev/sda1 ro quiet\n\n"
                           "label l0r\n\tlinux /vmlinuz\n\tAPPEND root=/dev/sda1 ro single cma=1M";

static void test_plain(void **state)
{
        struct boot_tree tree;

        (void) state;

        boot_tree_make(&tree);
        tree_text(tree.root, CONF, conf);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, CONF,
                    "default l0\nlabel l0\n\tlinux /vmlinuz\n\tappend root=/dev/sda1 ro quiet cma=64M\n\n"
                    "label l0r\n\tlinux /vmlinuz\n\tAPPEND root=/dev/sda1 ro single cma=64M");
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, CONF, conf);
        tree_text(tree.root, CONF, "label l0\n\tlinux /vmlinuz\n");
        assert_apply(&tree, "cma=64M", -EOPNOTSUPP, "no append line");
        boot_tree_remove(&tree);
}

/* Debian makes the file of fragments of shell. */
static void make_menu(struct boot_tree *tree)
{
        boot_tree_make(tree);
        tree_text(tree->root, CONF, conf);
        tree_text(tree->root, "usr/sbin/u-boot-update", "");
        tree_text(tree->root, DEFAULTS, "#U_BOOT_PARAMETERS=\"ro quiet\"");
        tree->made = CONF;
        tree->made_text = MADE;
}

static void test_menu(void **state)
{
        struct boot_tree tree;

        (void) state;

        make_menu(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, DEFAULTS, "#U_BOOT_PARAMETERS=\"ro quiet\"\n" LINES);
        assert_int_equal(tree.runs, 1);
        assert_apply(&tree, "cma=64M", 0, NULL);
        tree.made_text = conf;
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, DEFAULTS, "#U_BOOT_PARAMETERS=\"ro quiet\"");
        assert_int_equal(tree.runs, 2);

        /* with a folder for them, lines of one's own are a file of one's own */
        tree.made_text = MADE;
        tree_text(tree.root, "etc/u-boot-menu/conf.d/board.conf",
                  "U_BOOT_PARAMETERS=\"ro console=ttyS2\"\n");
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, FRAGMENT, LINES);
        assert_file(&tree, DEFAULTS, "#U_BOOT_PARAMETERS=\"ro quiet\"");
        assert_apply(&tree, "cma=64M", 0, NULL);
        tree.made_text = conf;
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, FRAGMENT, NULL);
        boot_tree_remove(&tree);
}

/* Where nobody has set the parameters, they are those of the kernel's packages. */
static void test_menu_cmdline(void **state)
{
        struct boot_tree tree;

        (void) state;

        make_menu(&tree);
        tree_text(tree.root, "etc/kernel/cmdline", "root=/dev/sda1 ro\n");
        assert_apply(&tree, "cma=64M", 1, NULL);
        assert_file(&tree, FRAGMENT, NULL);
        assert_file(&tree, "etc/kernel/cmdline", "root=/dev/sda1 ro cma=64M\n");
        assert_int_equal(tree.runs, 1);
        tree.made_text = conf;
        assert_revert(&tree, 0, NULL);
        assert_file(&tree, "etc/kernel/cmdline", "root=/dev/sda1 ro\n");
        boot_tree_remove(&tree);
}

/* A file with a NUL in it is refused, and not cut off there. */
static void test_menu_no_text(void **state)
{
        static const char bytes[] = "A=1\n\0B=2\n", set[] = "A=1\n\0\nU_BOOT_PARAMETERS=ro\n";
        struct boot_tree tree;
        struct config_file file;
        char *message = NULL;

        (void) state;

        make_menu(&tree);
        tree_bytes(tree.root, DEFAULTS, bytes, sizeof(bytes) - 1);
        assert_apply(&tree, "cma=64M", -EBADMSG, "/" DEFAULTS ": it is no text");
        assert_int_equal(config_file_read(tree.fd, DEFAULTS, CONFIG_FILE_MAX, &file, &message), 0);
        assert_int_equal(file.size, sizeof(bytes) - 1);
        assert_memory_equal(file.data, bytes, file.size);
        config_file_clear(&file);

        /* that U_BOOT_PARAMETERS= is set is seen behind one, too: the packages' file is not what counts then
         */
        tree_text(tree.root, "etc/kernel/cmdline", "root=/dev/sda1 ro\n");
        tree_bytes(tree.root, DEFAULTS, set, sizeof(set) - 1);
        assert_apply(&tree, "cma=64M", -EBADMSG, "/" DEFAULTS ": it is no text");
        assert_file(&tree, "etc/kernel/cmdline", "root=/dev/sda1 ro\n");
        boot_tree_remove(&tree);
}

/* What would be too long to be read again could not be taken back. */
static void test_menu_long(void **state)
{
        _cleanup_free_ char *much = calloc(1, CONFIG_FILE_MAX);
        struct boot_tree tree;

        (void) state;

        make_menu(&tree);
        assert_non_null(much);
        memset(much, '\n', CONFIG_FILE_MAX - 2);
        tree_text(tree.root, DEFAULTS, much);
        assert_apply(&tree, "cma=64M", -EFBIG, "longer than memctl takes back");
        assert_file(&tree, DEFAULTS, much);
        boot_tree_remove(&tree);
}

static int change_and_fail(const char *program, void *userdata, char **message)
{
        struct boot_tree *tree = userdata;

        (void) program, (void) message;

        tree_text(tree->root, DEFAULTS, "# somebody else's\n");
        return -EIO;
}

/* A setting that is to come back, after another did not work, finds what somebody else wrote meanwhile. */
static void test_changed_meanwhile(void **state)
{
        struct boot_tree tree;

        (void) state;

        make_menu(&tree);
        assert_apply(&tree, "cma=64M", 1, NULL);
        tree_folder(tree.root, "etc/u-boot-menu/conf.d");
        tree.runner.run = change_and_fail;
        assert_apply(&tree, "cma=32M", -EUCLEAN,
                     "/" DEFAULTS ": it was changed meanwhile, and is left as it is");
        assert_file(&tree, DEFAULTS, "# somebody else's\n");
        assert_file(&tree, FRAGMENT, NULL);
        boot_tree_remove(&tree);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_plain),        cmocka_unit_test(test_menu),
                cmocka_unit_test(test_menu_cmdline), cmocka_unit_test(test_menu_no_text),
                cmocka_unit_test(test_menu_long),    cmocka_unit_test(test_changed_meanwhile),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
