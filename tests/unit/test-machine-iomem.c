/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/machine/iomem.h"
#include "tree.h"

#include <string.h>

#define BLOCK UINT64_C(0x8000000)

static void read_text(const char *text, struct iomem *ret)
{
        char *root = tree_make();
        struct tree *tree = NULL;

        tree_block(root, 0, "online", "Normal", "1");
        if (text)
                tree_text(root, "proc/iomem", text);
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        assert_int_equal(iomem_read(tree, ret), 0);
        tree_close(tree);
        tree_remove(root);
}

static void check(const struct iomem *iomem, size_t i, uint64_t start, uint64_t end, const char *driver)
{
        assert_true(iomem->managed[i].start == start);
        assert_true(iomem->managed[i].end == end);
        assert_string_equal(iomem->managed[i].device, driver);
}

/* As Linux 6.1 shows it: a virtio-mem device of which two parts are plugged, and CXL memory by dax/kmem. */
static void test_devices(void **state)
{
        _cleanup_(iomem_clear) struct iomem iomem = { 0 };

        (void) state;

        read_text("00000000-00000fff : Reserved\n"
                  "00001000-0009fbff : System RAM\n"
                  "00100000-3ffdefff : System RAM\n"
                  "  01000000-01e00fbf : Kernel code\n"
                  "fed00000-fed003ff : HPET 0\n"
                  "  fed00000-fed003ff : PNP0103:00\n"
                  "100000000-13fffffff : System RAM\n"
                  "140000000-1bfffffff : virtio2\n"
                  "  140000000-147ffffff : System RAM (virtio_mem)\n"
                  "  150000000-15fffffff : System RAM (virtio_mem)\n"
                  "200000000-27fffffff : CXL Window 0\n"
                  "  200000000-27fffffff : region0\n"
                  "    200000000-27fffffff : dax0.0\n"
                  "      200000000-27fffffff : System RAM (kmem)\n"
                  "280000000-2bfffffff : Persistent Memory\n"
                  "  288000000-2bfffffff : dax1.0\n"
                  "    288000000-28fffffff : System RAM (kmem)\n",
                  &iomem);
        assert_int_equal(iomem.n_managed, 4);
        check(&iomem, 0, 0x140000000, 0x147ffffff, "virtio2");
        check(&iomem, 1, 0x150000000, 0x15fffffff, "virtio2");
        check(&iomem, 2, 0x200000000, 0x27fffffff, "dax0.0");
        check(&iomem, 3, 0x288000000, 0x28fffffff, "dax1.0");
}

/* What all but root are shown, and no file at all. */
static void test_not_known(void **state)
{
        _cleanup_(iomem_clear) struct iomem hidden = { 0 }, none = { 0 };

        (void) state;

        read_text("00000000-00000000 : System RAM\n"
                  "00000000-00000000 : virtio2\n"
                  "  00000000-00000000 : System RAM (virtio_mem)\n",
                  &hidden);
        assert_int_equal(hidden.n_managed, 0);
        read_text(NULL, &none);
        assert_int_equal(none.n_managed, 0);
}

static void test_hostile(void **state)
{
        _cleanup_(iomem_clear) struct iomem iomem = { 0 };
        static char text[8192], deep[256];

        (void) state;

        memset(deep, ' ', 200);
        (void) snprintf(text, sizeof(text),
                        "%s10-20 : System RAM (deep)\n"
                        "30-20 : System RAM (backwards)\n"
                        "-5-20 : System RAM (negative)\n"
                        "30-40 : \n"
                        "x-y : System RAM (x)\n"
                        "  1000-1fff : System RAM (nobody's)\n"
                        "2000-2fff : System RAM ()\n"
                        "3000-3fff : System RAM (open\n"
                        "4000-4fff : \001\033[31mdevice\n"
                        "  4000-4fff : System RAM (bad)\n"
                        "100000000000000005-100000000000000006 : System RAM (long)\n"
                        "f000000000000000-ffffffffffffffff : System RAM (high)\n"
                        "500-5ff : %0300d\n"
                        "  500-5ff : System RAM (cut)",
                        deep, 7);
        read_text(text, &iomem);
        assert_int_equal(iomem.n_managed, 5);
        check(&iomem, 1, 0x1000, 0x1fff, "nobody's");
        check(&iomem, 2, 0x3000, 0x3fff, "open");
        check(&iomem, 3, 0x4000, 0x4fff, "??[31mdevice");
        check(&iomem, 4, UINT64_C(0xf000000000000000), UINT64_MAX, "high");
        assert_int_equal(strlen(iomem.managed[0].device), 64);
}

static void test_blocks(void **state)
{
        char *root = tree_make();
        struct snapshot *snapshot;
        static const char *const expected[] = { NULL, "virtio2", "virtio2", NULL, "dax0.0", NULL };

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        for (uint32_t i = 0; i < 6; i++)
                tree_block(root, i, "online", "Movable", "1");
        tree_text(root, "proc/iomem",
                  "20000000-27ffffff : dax0.0\n"
                  "  20000000-20000fff : System RAM (kmem)\n"
                  "08000000-1fffffff : virtio2\n"
                  "  08000000-0fffffff : System RAM (virtio_mem)\n"
                  "  10000000-10000fff : System RAM (virtio_mem)\n"
                  "f000000000000000-ffffffffffffffff : System RAM (high)\n");
        snapshot = tree_snapshot(root);
        assert_int_equal(snapshot->n_blocks, 6);
        for (size_t i = 0; i < 6; i++) {
                const struct memory_driver *driver = snapshot_driver(snapshot, &snapshot->blocks[i]);

                if (expected[i]) {
                        assert_non_null(driver);
                        assert_string_equal(driver->device, expected[i]);
                } else
                        assert_null(driver);
        }
        assert_int_equal(snapshot->n_drivers, 3);
        assert_string_equal(snapshot->drivers[0].driver, "virtio_mem");
        assert_int_equal(snapshot->drivers[0].device_bytes, 0x18000000);
        assert_int_equal(snapshot->drivers[0].memory_bytes, 0x8001000);
        snapshot_free(snapshot);
        tree_remove(root);
}

static void check_mark(const struct snapshot *snapshot, uint32_t block, size_t i, enum block_mark_kind kind,
                       uint64_t bytes, const char *name)
{
        const struct block_mark *marks;
        size_t n;

        marks = snapshot_marks(snapshot, block, &n);
        assert_true(i < n);
        assert_int_equal(marks[i].kind, kind);
        assert_int_equal(marks[i].bytes, bytes);
        if (name)
                assert_string_equal(marks[i].name, name);
        else
                assert_null(marks[i].name);
}

static void test_marks(void **state)
{
        char *root = tree_make();
        struct snapshot *snapshot;
        size_t n;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        for (uint32_t i = 0; i < 6; i++)
                tree_block(root, i, "online", "Movable", "1");
        /* the page size is 4096 by it */
        tree_text(root, "proc/meminfo", "MemTotal: 4096000 kB\n");
        tree_text(root, "proc/zoneinfo", "Node 0, zone Normal\n  managed 1024000\n");
        tree_text(root, "proc/iomem",
                  "00000000-00000fff : Reserved\n"
                  "00001000-0bffffff : System RAM\n"
                  "  01000000-01ffffff : Kernel code\n"
                  "  02000000-0200ffff : Somebody's\n"
                  "0c000000-0fffffff : Reserved\n"
                  "10000000-17ffffff : System RAM\n"
                  "  10000000-1000ffff : Crash kernel\n"
                  "18000000-1ffff7ff : System RAM (whole pages count)\n"
                  "28000000-2fffffff : System RAM\n");
        snapshot = tree_snapshot(root);
        assert_int_equal(snapshot->n_marks, 5);
        check_mark(snapshot, 0, 0, BLOCK_HOLE, 0x1000, "Reserved");
        check_mark(snapshot, 0, 1, BLOCK_RESERVED, 0x1000000, "Kernel code");
        check_mark(snapshot, 1, 0, BLOCK_HOLE, 0x4000000, "Reserved");
        check_mark(snapshot, 2, 0, BLOCK_RESERVED, 0x10000, "Crash kernel");
        check_mark(snapshot, 3, 0, BLOCK_HOLE, 0x1000, NULL);
        /* of which nothing is told */
        assert_null(snapshot_marks(snapshot, 4, &n));
        assert_null(snapshot_marks(snapshot, 5, &n));
        assert_int_equal(n, 0);
        snapshot_free(snapshot);
        tree_remove(root);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_devices),
                cmocka_unit_test(test_not_known),
                cmocka_unit_test(test_hostile),
                cmocka_unit_test(test_blocks),
                cmocka_unit_test(test_marks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
