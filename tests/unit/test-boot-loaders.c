/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "boot_tree.h"
#include "daemon/boot/loaders.h"
#include "says.h"

#include <errno.h>

#define LOADER_INFO "sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static void check(const struct boot_tree *tree, const struct boot_loader *wanted)
{
        const struct boot_loader *loader = NULL;
        char *message = NULL;

        assert_int_equal(boot_loader_find(tree->fd, &loader, &message), 0);
        assert_ptr_equal(loader, wanted);
}

static void check_none(const struct boot_tree *tree, int error, const char *says)
{
        const struct boot_loader *loader = NULL;
        char *message = NULL;

        assert_int_equal(boot_loader_find(tree->fd, &loader, &message), error);
        assert_says(&message, says);
}

static void test_find(void **state)
{
        struct boot_tree tree;

        (void) state;

        boot_tree_make(&tree);
        check_none(&tree, -ENOENT, "GRUB, systemd-boot, extlinux");
        tree_text(tree.root, "boot/cmdline.txt", "");
        check_none(&tree, -ENOENT, "GRUB, systemd-boot, extlinux");
        tree_text(tree.root, "boot/config.txt", "");
        check(&tree, &boot_raspberry);
        tree_unlink(tree.root, "boot/cmdline.txt");
        tree_text(tree.root, "boot/extlinux/extlinux.conf", "");
        check(&tree, &boot_extlinux);
        tree_text(tree.root, "boot/grub/grub.cfg", "");
        check_none(&tree, -ENOTUNIQ, "grub, extlinux");
        tree_unlink(tree.root, "boot/extlinux/extlinux.conf");
        check(&tree, &boot_grub);
        boot_tree_remove(&tree);
}

/* The firmware says which one it started. */
static void test_firmware(void **state)
{
        static const char info[] = "\6\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0 \0"
                                   "2\0"
                                   "5\0"
                                   "4\0\0\0",
                          grub[] = "\6\0\0\0G\0R\0U\0B\0 \0"
                                   "2\0.\0"
                                   "1\0"
                                   "2\0\0\0";
        struct boot_tree tree;

        (void) state;

        boot_tree_make(&tree);
        tree_text(tree.root, "boot/grub/grub.cfg", "");
        tree_folder(tree.root, "efi/loader/entries");
        check_none(&tree, -ENOTUNIQ, "grub, systemd-boot");
        tree_bytes(tree.root, LOADER_INFO, info, sizeof(info) - 1);
        check(&tree, &boot_systemd);
        tree_bytes(tree.root, LOADER_INFO, grub, sizeof(grub) - 1);
        check(&tree, &boot_grub);
        tree_bytes(tree.root, LOADER_INFO, "\6\0", 2);
        check_none(&tree, -ENOTUNIQ, "grub, systemd-boot");
        boot_tree_remove(&tree);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_find),
                cmocka_unit_test(test_firmware),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
