/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/deciders.h"
#include "tree.h"

#include <string.h>

#define RULE "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"\n"
#define AUTO "sys/devices/system/memory/auto_online_blocks"

/* What is found in the tree, as text: "udev:/etc/...:1:acts\n". */
static void find(const char *root, char *text, size_t size)
{
        struct deciders deciders;
        struct tree *tree;
        char *message = NULL;
        size_t n = 0;

        assert_int_equal(tree_open(root, &tree, &message), 0);
        deciders_read(tree, &deciders);
        tree_close(tree);
        *text = '\0';
        for (size_t i = 0; i < deciders.n && n < size; i++)
                n += (size_t) snprintf(text + n, size - n, "%s:%s:%s%s\n",
                                       decider_kind_name(deciders.items[i].kind), deciders.items[i].source,
                                       deciders.items[i].acts ? "acts" : "-", deciders.items[i].driver);
}

static void assert_found(const char *root, const char *expected)
{
        char text[4096];

        find(root, text, sizeof(text));
        assert_string_equal(text, expected);
}

static char *make(void)
{
        char *root = tree_make();

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        tree_text(root, AUTO, "offline\n");
        return root;
}

static void test_kernel(void **state)
{
        struct deciders deciders;
        struct tree *tree;
        char *root = make(), *message = NULL, text[DECIDER_TEXT_MAX];

        (void) state;

        assert_found(root, "");
        tree_text(root, AUTO, "online_movable\n");
        tree_text(root, "sys/module/memory_hotplug/parameters/online_policy", "auto-movable\n");
        tree_text(root, "proc/cmdline",
                  "quiet memhp_default_state=online_movable -- memhp_default_state=x\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        deciders_read(tree, &deciders);
        assert_int_equal(deciders.n, 1);
        assert_string_equal(deciders.items[0].does,
                            "brings new blocks online: online_movable (memhp_default_state=online_movable), "
                            "online_policy auto-movable");
        assert_string_equal(decider_text(&deciders.items[0], text), "the kernel, by /" AUTO);
        assert_ptr_equal(deciders_find(&deciders, "virtio_mem"), &deciders.items[0]);
        tree_close(tree);
        tree_unlink(root, AUTO); /* before 4.7 */
        assert_found(root, "");
        tree_remove(root);
}

static void test_udev(void **state)
{
        char *root = make();

        (void) state;

        tree_text(root, "usr/lib/udev/rules.d/80-hotplug-cpu-mem.rules", "# x\n" RULE);
        assert_found(root,
                     "udev:/usr/lib/udev/rules.d/80-hotplug-cpu-mem.rules:2:-\n"); /* it does not run */
        tree_text(root, "run/udev/control", "");
        tree_text(root, "lib/udev/rules.d/40-vm-hotadd.rules", RULE);
        tree_text(root, "etc/udev/rules.d/99-x.rules.bak", RULE);
        tree_text(root, "etc/udev/rules.d/.99-x.rules", RULE);
        tree_text(root, "etc/udev/rules.d/60-disk.rules", "SUBSYSTEM==\"block\", ATTR{state}=\"online\"\n");
        tree_fifo(root, "etc/udev/rules.d/61-fifo.rules");
        assert_found(root, "udev:/lib/udev/rules.d/40-vm-hotadd.rules:1:acts\n"
                           "udev:/usr/lib/udev/rules.d/80-hotplug-cpu-mem.rules:2:acts\n");

        /* one in /etc takes the place of the distribution's, and an empty one, or a link to nothing, masks
         * it */
        tree_text(root, "etc/udev/rules.d/80-hotplug-cpu-mem.rules", "\n\n" RULE);
        tree_link(root, "etc/udev/rules.d/40-vm-hotadd.rules", "/dev/null");
        assert_found(root, "udev:/etc/udev/rules.d/80-hotplug-cpu-mem.rules:3:acts\n");
        tree_unlink(root, "etc/udev/rules.d/80-hotplug-cpu-mem.rules");
        tree_text(root, "etc/udev/rules.d/80-hotplug-cpu-mem.rules", "");
        assert_found(root, "");

        /* links are followed below the root, where the files of a package may be elsewhere */
        tree_text(root, "nix/store/r/70-a.rules", RULE);
        tree_link(root, "etc/udev/rules.d/70-a.rules", "/nix/store/r/70-a.rules");
        assert_found(root, "udev:/etc/udev/rules.d/70-a.rules:1:acts\n");
        tree_remove(root);
}

static void test_vendor(void **state)
{
        char *root = make();

        (void) state;

        tree_text(root, "run/udev/control", "");
        tree_text(root, "etc/udev/rules.d/40-a.rules",
                  "ATTR{[dmi/id]sys_vendor}!=\"Xen\", GOTO=\"end\"\n" RULE "LABEL=\"end\"\n");
        assert_found(root, "");
        tree_text(root, "sys/devices/virtual/dmi/id/sys_vendor", "Xen\n");
        tree_link(root, "sys/class/dmi/id", "../../devices/virtual/dmi/id");
        assert_found(root, "udev:/etc/udev/rules.d/40-a.rules:2:acts\n");
        tree_remove(root);
}

static void test_daxctl_and_agents(void **state)
{
        struct deciders deciders;
        struct tree *tree;
        char *root = make(), *message = NULL;

        (void) state;

        tree_text(root, "etc/daxctl.conf.d/a.conf",
                  "# [reconfigure-device x]\n[other]\nmode = system-ram\n");
        tree_text(root, "etc/daxctl.conf.d/b.conf",
                  "[reconfigure-device x]\nmode = devdax\n"
                  "[reconfigure-device y]\nonline = false\n");
        assert_found(root, "");
        tree_text(root, "etc/daxctl.conf.d/c.conf",
                  "[reconfigure-device x]\nmode = devdax\n[reconfigure-device y]\nmode = "
                  "system-ram\nmovable = false\n");
        assert_found(root, "daxctl:/etc/daxctl.conf.d/c.conf:-kmem\n");
        tree_text(root, "usr/lib/udev/rules.d/90-daxctl-device.rules",
                  "ACTION==\"add\", SUBSYSTEM==\"dax\"\n");
        tree_text(root, "run/udev/control", "");
        tree_folder(root, "sys/fs/cgroup/system.slice/qemu-guest-agent.service");
        assert_found(root, "daxctl:/etc/daxctl.conf.d/c.conf:actskmem\nagent:qemu-guest-agent.service:-\n");

        assert_int_equal(tree_open(root, &tree, &message), 0);
        deciders_read(tree, &deciders);
        tree_close(tree);
        assert_non_null(deciders_find(&deciders, "kmem"));
        assert_null(deciders_find(&deciders, "acpi"));
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kernel),
                cmocka_unit_test(test_udev),
                cmocka_unit_test(test_vendor),
                cmocka_unit_test(test_daxctl_and_agents),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
