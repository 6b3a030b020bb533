/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/page_size.h"
#include "daemon/machine/tree.h"
#include "tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define GIB (UINT64_C(1) << 30)

static uint64_t find(const char *root)
{
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        uint64_t size;

        assert_true(fd >= 0);
        size = page_size_find(fd);
        close(fd);
        return size;
}

static void write_meminfo(const char *root, uint64_t total, uint64_t free)
{
        char text[128];

        (void) snprintf(text, sizeof(text), "MemTotal:  %llu kB\nMemFree:  %llu kB\n",
                        (unsigned long long) total / 1024, (unsigned long long) free / 1024);
        tree_text(root, "proc/meminfo", text);
}

static void write_zoneinfo(const char *root, uint64_t managed, uint64_t free)
{
        char text[512];

        (void) snprintf(text, sizeof(text),
                        "Node 0, zone   Normal\n  pages free     7\n        managed  %llu\n      "
                        "nr_free_pages %llu\n"
                        "Node 1, zone  Movable\n  pages free     7\n        managed  %llu\n      "
                        "nr_free_pages %llu\n",
                        (unsigned long long) managed / 2, (unsigned long long) free / 2,
                        (unsigned long long) (managed - managed / 2),
                        (unsigned long long) (free - free / 2));
        tree_text(root, "proc/zoneinfo", text);
}

static void test_all_memory(void **state)
{
        char *root = tree_make();

        (void) state;

        assert_int_equal(find(root), 0);
        for (uint64_t size = 4096; size <= 1 << 20; size *= 2) {
                write_meminfo(root, 16 * GIB, 3 * GIB);
                /* what was free has changed between the two reads; what there is has not */
                write_zoneinfo(root, 16 * GIB / size, 9 * GIB / size);
                assert_int_equal(find(root), size);
        }
        tree_unlink(root, "proc/meminfo");
        assert_int_equal(find(root), 0);
        tree_text(root, "sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:  8388608 kB\n");
        tree_text(root, "sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:  8388608 kB\n");
        write_zoneinfo(root, 16 * GIB / 65536, 0);
        assert_int_equal(find(root), 65536);
        /* as in a container: it is told of twice as much, which would make a page twice as large */
        write_meminfo(root, 32 * GIB, 3 * GIB);
        assert_int_equal(find(root), 65536);
        tree_remove(root);
}

static void test_not_told(void **state)
{
        char *root = tree_make();

        (void) state;

        /* no page size is near: half of memory is not in the zones */
        write_meminfo(root, 16 * GIB, 16 * GIB);
        write_zoneinfo(root, 16 * GIB / 4096 / 3 * 2, 0);
        assert_int_equal(find(root), 0);
        /* two figures that contradict one another */
        tree_text(root, "proc/meminfo", "MemFree: 400000 kB\nAnonPages: 1600000 kB\n");
        tree_text(root, "proc/vmstat", "nr_free_pages 100000\nnr_anon_pages 100000\n");
        assert_int_equal(find(root), 0);
        tree_text(root, "proc/vmstat", "nr_free_pages 25000\nnr_anon_pages 100000\n");
        assert_int_equal(find(root), 16384);
        /* too few to go by */
        tree_text(root, "proc/vmstat", "nr_free_pages 50\n");
        tree_text(root, "proc/meminfo", "MemFree: 200 kB\n");
        assert_int_equal(find(root), 0);
        /* nonsense */
        tree_text(root, "proc/meminfo", "MemTotal: 18446744073709551615 kB\nMemTotal: x\nMemFree:\n");
        tree_text(root, "proc/zoneinfo", "managed managed\n managed 18446744073709551615\n managed -5\n");
        assert_int_equal(find(root), 0);
        tree_remove(root);
}

static void test_kpageflags(void **state)
{
        static const uint64_t flags[32];
        char *root = tree_make();

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "40000\n");
        tree_block(root, 0, "online", "Movable", "1");
        tree_block(root, 7, "online", "Movable", "1");
        tree_bytes(root, "proc/kpageflags", flags, sizeof(flags));
        assert_int_equal(find(root), 65536);
        /* cut off */
        tree_bytes(root, "proc/kpageflags", flags, sizeof(flags) - sizeof(flags[0]));
        assert_int_equal(find(root), 0);
        tree_unlink(root, "proc/kpageflags");
        tree_fifo(root, "proc/kpageflags");
        assert_int_equal(find(root), 0);
        tree_remove(root);
}

static void test_running_machine(void **state)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        uint64_t found;

        (void) state;

        if (tree_open(NULL, &tree, NULL) < 0)
                skip();
        found = page_size_find(tree->root_fd);
        assert_int_equal(tree->page_size, (uint64_t) sysconf(_SC_PAGESIZE));
        /* a container may hide what tells it */
        if (found != 0)
                assert_int_equal(found, tree->page_size);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_memory),
                cmocka_unit_test(test_not_told),
                cmocka_unit_test(test_kpageflags),
                cmocka_unit_test(test_running_machine),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
