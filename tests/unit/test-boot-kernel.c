/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/boot/kernel.h"
#include "tree.h"

#include <errno.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

static struct tree *open_tree(const char *root)
{
        struct tree *tree = NULL;
        char *message = NULL;

        assert_int_equal(tree_open(root, &tree, &message), 0);
        return tree;
}

static void test_lines(void **state)
{
        static const char kmsg[] =
                "6,0,0,-;Linux version 7.3\n"
                "6,1,0,-;cma: Reserved 64 MiB at 0x0000000078000000\n"
                "3,2,0,-;cma: Failed to reserve 102400 MiB\n"
                " SUBSYSTEM=cma: no line of the log\n"
                "3,3,9,-;cma: __cma_alloc: reserved: alloc failed, req-size: 2 pages, ret: -16\n"
                "6,4,0,-;Reserved memory: created CMA memory pool at 0x10, size 16 MiB\n"
                "6,5,0,-;x cma: not ours\n"
                "garbage\n";
        char *root = tree_make();
        struct boot_lines lines;
        struct tree *tree;

        (void) state;

        tree_text(root, "proc/meminfo", "MemTotal: 4 kB\n");
        tree = open_tree(root);
        boot_lines_read(tree, &lines);
        assert_int_equal(lines.n, 0);
        tree_text(root, "dev/kmsg", kmsg);
        boot_lines_read(tree, &lines);
        assert_int_equal(lines.n, 3);
        assert_string_equal(lines.items[1], "cma: Failed to reserve 102400 MiB");
        assert_true(lines.refused);

        lines = (struct boot_lines){ 0 };
        for (unsigned int i = 0; i < 2 * BOOT_LINES_MAX; i++)
                boot_lines_add(&lines, "cma: Reserved 1 MiB\x1b[31m at \xff");
        assert_int_equal(lines.n, BOOT_LINES_MAX);
        assert_string_equal(lines.items[0], "cma: Reserved 1 MiB?[31m at ?");
        assert_false(lines.refused);
        tree_close(tree);
        tree_remove(root);
}

static void test_config(void **state)
{
        /* "\nCONFIG_CMA=y\n", by gzip */
        static const unsigned char packed[] = {
                0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xe3, 0x72,
                0xf6, 0xf7, 0x73, 0xf3, 0x74, 0x8f, 0x77, 0xf6, 0x75, 0xb4, 0xad, 0xe4,
                0x02, 0x00, 0x40, 0x52, 0xce, 0xea, 0x0e, 0x00, 0x00, 0x00,
        };
        char *root = tree_make();
        struct tree *tree;

        (void) state;

        tree_text(root, "proc/meminfo", "");
        tree = open_tree(root);
        assert_int_equal(boot_config_has(tree->root_fd, "7.3", "CONFIG_CMA"), -ENODATA);
        tree_bytes(root, "proc/config.gz", packed, sizeof(packed));
        assert_int_equal(boot_config_has(tree->root_fd, "7.3", "CONFIG_CMA"), 1);
        assert_int_equal(boot_config_has(tree->root_fd, "7.3", "CONFIG_CMA_SYSFS"), 0);
        tree_text(root, "boot/config-7.3",
                  "# x\nCONFIG_CMA=y\nCONFIG_CMA_SYSFS=y\n# CONFIG_CMA_DEBUG is not set\n");
        assert_int_equal(boot_config_has(tree->root_fd, "7.3", "CONFIG_CMA_SYSFS"), 1);
        assert_int_equal(boot_config_has(tree->root_fd, "7.3", "CONFIG_CMA_DEBUG"), 0);
        assert_int_equal(boot_config_has(tree->root_fd, "../x", "CONFIG_CMA_DEBUG"), 0);
        tree_close(tree);
        tree_remove(root);
}

static void test_machine(void **state)
{
        static struct cma_sample sample;
        char *root = tree_make();
        struct boot_machine machine;
        struct boot_seen seen;
        struct tree *tree;

        (void) state;

        tree_text(root, "proc/meminfo", "MemTotal: 1048576 kB\nHugepagesize: 2048 kB\n");
        tree = open_tree(root);
        tree->page_size = 4096;
        boot_machine_read(tree, &sample, &machine);
        assert_false(machine.cma || machine.has_default || machine.per_node);
        assert_int_equal(machine.nodes, 1);
        assert_int_equal(machine.unit, 2 * MIB);
        assert_int_equal(machine.memory, 1024 * MIB);

        tree_text(root, "proc/meminfo", "MemTotal: 1048576 kB\nCmaTotal: 65536 kB\nHugepagesize: 2048 kB\n");
        tree_text(root, "proc/pagetypeinfo", "Page block order: 10\nPages per block:  1024\n\n");
        tree_text(root, "proc/cmdline", "quiet cma=64M\n");
        tree_text(root, "proc/sys/kernel/osrelease", "7.3-test\n");
        tree_text(root, "proc/sys/kernel/arch", "aarch64\n");
        tree_text(root, "proc/zoneinfo",
                  "Node 0, zone      DMA\n  pages free 1\n        present  512\n"
                  "Node 0, zone    DMA32\n        present  4096\n"
                  "Node 1, zone      DMA\n        present  512\n");
        tree_text(root, "boot/config-7.3-test", "\nCONFIG_CMA_SIZE_PERNUMA=y\n");
        tree_text(root, "sys/devices/system/node/online", "0-2,5\n");
        tree_folder(root, "sys/kernel/mm/hugepages/hugepages-1048576kB");
        tree_folder(root, "sys/kernel/mm/hugepages/hugepages-2048kB");
        sample.n = 1;
        sample.areas[0] = (struct cma_demand_area){ .name = "reserved", .size = 64 * MIB };
        boot_machine_read(tree, &sample, &machine);
        assert_true(machine.cma && machine.has_default && machine.per_node);
        assert_int_equal(machine.nodes, 4);
        assert_int_equal(machine.unit, 4 * MIB);
        assert_int_equal(machine.gigantic, 1024 * MIB);
        boot_seen_read(tree, &sample, &machine, &seen);
        assert_int_equal(seen.booted.cma.size, 64 * MIB);
        assert_int_equal(seen.total, 64 * MIB);
        assert_int_equal(seen.default_bytes, 64 * MIB);
        assert_int_equal(seen.limit, 4 * MIB);
        assert_string_equal(seen.release, "7.3-test");

        /* Linux 6.12 does not tell the areas' sizes */
        sample.areas[0].size = 0;
        boot_seen_read(tree, &sample, &machine, &seen);
        assert_true(seen.default_bytes == BOOT_SEEN_NOT_TOLD);
        sample.n = 0;
        boot_seen_read(tree, &sample, &machine, &seen);
        assert_int_equal(seen.default_bytes, 0);
        tree_close(tree);
        tree_remove(root);
}

/* Without a configuration, areas that nobody asked for tell. */
static void test_node_areas(void **state)
{
        static struct cma_sample sample = { .n = 1, .areas = { { .name = "numa1" } } };
        char *root = tree_make();
        struct boot_machine machine;
        struct tree *tree;

        (void) state;

        tree_text(root, "proc/meminfo", "CmaTotal: 1 kB\n");
        tree_text(root, "proc/cmdline", "cma=64M\n");
        tree = open_tree(root);
        boot_machine_read(tree, &sample, &machine);
        assert_true(machine.per_node);
        assert_int_equal(machine.unit, 0);
        tree_text(root, "proc/cmdline", "cma=64M cma_pernuma=16M\n");
        boot_machine_read(tree, &sample, &machine);
        assert_false(machine.per_node);
        tree_text(root, "proc/cmdline", "cma=64M cma_pernuma=0\n");
        boot_machine_read(tree, &sample, &machine);
        assert_true(machine.per_node);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_config),
                cmocka_unit_test(test_machine),
                cmocka_unit_test(test_node_areas),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
