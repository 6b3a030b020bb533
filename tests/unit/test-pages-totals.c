/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/totals.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

static struct memory_totals read_totals(char *root)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct memory_totals totals;

        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        assert_int_equal(memory_totals_read(tree, &totals), 0);
        return totals;
}

/* NULL: there is none; what nobody counts must not be there. */
static const struct memory_total *find(const struct memory_totals *totals, const char *source,
                                       const char *owner, int node)
{
        for (size_t i = 0; i < totals->n_items; i++)
                if (strcmp(totals->items[i].source, source) == 0 &&
                    strcmp(totals->items[i].owner, owner) == 0 && totals->items[i].node == node)
                        return &totals->items[i];
        return NULL;
}

static char *make_root(void)
{
        char *root = tree_make();

        tree_folder(root, "sys/devices/system/memory");
        return root;
}

static void test_nothing(void **state)
{
        char *root = make_root();
        struct memory_totals totals = read_totals(root);

        (void) state;

        assert_int_equal(totals.n_items, 0);
        memory_totals_clear(&totals);
        tree_text(root, "proc/vmstat", "nr_free_pages 1\nballoon_inflate 5\n");
        tree_text(root, "sys/block/zram0/mm_stat", "1 2\n");
        tree_text(root, "sys/block/zramx/mm_stat", "1 2 3\n");
        tree_text(root, "proc/zoneinfo", "nonsense\n\n      nr_free_pages 5\n");
        tree_text(root, "proc/pagetypeinfo", "Node 0, zone\nNumber of blocks type\nNode 0, zone DMA 1\n");
        totals = read_totals(root);
        assert_int_equal(totals.n_items, 0);
        memory_totals_clear(&totals);
        tree_remove(root);
}

static void test_zram_and_balloon(void **state)
{
        const struct memory_total *total;
        char *root = make_root(), text[64];
        struct memory_totals totals;

        (void) state;

        (void) snprintf(text, sizeof(text), "  9999999 100 %ld 0 1 2 3 4 5\n", 3 * sysconf(_SC_PAGESIZE));
        tree_text(root, "sys/block/zram0/mm_stat", text);
        tree_text(root, "sys/block/zram11/mm_stat", text);
        tree_text(root, "proc/vmstat", "balloon_inflate 100\nballoon_deflate 30\n");
        totals = read_totals(root);
        total = find(&totals, "mm_stat", "zsmalloc", -1);
        assert_non_null(total);
        assert_int_equal(total->pages, 6);
        assert_int_equal(total->class, MEMCTL_CLASS_MOVABLE_OPS);
        /* which balloon, is not known */
        total = find(&totals, "vmstat", "balloon", -1);
        assert_non_null(total);
        assert_int_equal(total->pages, 70);
        memory_totals_clear(&totals);

        tree_folder(root, "sys/bus/virtio/drivers/virtio_balloon");
        tree_text(root, "proc/vmstat", "nr_balloon_pages 5\nballoon_inflate 100\nballoon_deflate 30\n");
        totals = read_totals(root);
        total = find(&totals, "vmstat", "virtio_balloon", -1);
        assert_non_null(total);
        assert_int_equal(total->pages, 5);
        memory_totals_clear(&totals);

        /* there, memctl's providers are counted with it */
        tree_folder(root, "sys/module/memctl");
        totals = read_totals(root);
        assert_non_null(find(&totals, "vmstat", "balloon", -1));
        memory_totals_clear(&totals);
        tree_remove(root);
}

static void test_zones(void **state)
{
        char *root = make_root();
        struct memory_totals totals;

        (void) state;

        tree_text(
                root, "proc/zoneinfo",
                "Node 0, zone      DMA\n  per-node stats\n      nr_inactive_file 100\n"
                "      nr_active_file 11\n      nr_anon_pages 22\n      nr_slab_reclaimable 7\n"
                "      nr_slab_unreclaimable 8\n  pages free     3\n      nr_free_pages 3\n"
                "      nr_free_pages_blocks 999\n      nr_mlock     4\n"
                "Node 0, zone   Normal\n  pages free     30\n      nr_free_pages 30\n      nr_mlock     40\n"
                "Node 1, zone   Normal\n      nr_free_pages 500\n");
        tree_text(root, "proc/pagetypeinfo",
                  "Page block order: 9\nPages per block:  512\n\n"
                  "Free pages count per migrate type at order       0      1      2 \n"
                  "Node    0, zone      DMA, type    Unmovable      3      2      1 \n"
                  "Node    0, zone      DMA, type      Movable      0      0 >100000 \n"
                  "Node    0, zone   Normal, type    Unmovable      1      0      0 \n\n"
                  "Number of blocks type     Unmovable      Movable \n"
                  "Node 0, zone      DMA            1            7 \n"
                  "Node 0, zone   Normal           10           70 \n");
        totals = read_totals(root);
        assert_int_equal(find(&totals, "zoneinfo", "free", 0)->pages, 33);
        assert_int_equal(find(&totals, "zoneinfo", "file", 0)->pages, 111);
        assert_int_equal(find(&totals, "zoneinfo", "anon", 0)->pages, 22);
        assert_int_equal(find(&totals, "zoneinfo", "slab", 0)->pages, 15);
        assert_int_equal(find(&totals, "zoneinfo", "mlocked", 0)->pages, 44);
        assert_null(find(&totals, "zoneinfo", "shmem", 0));
        assert_int_equal(find(&totals, "zoneinfo", "free", 1)->pages, 500);
        assert_null(find(&totals, "zoneinfo", "file", 1));
        assert_int_equal(find(&totals, "pagetypeinfo", "Unmovable", -1)->pages, 12);
        assert_int_equal(find(&totals, "pagetypeinfo", "Unmovable", -1)->pageblocks, 11);
        assert_int_equal(find(&totals, "pagetypeinfo", "Movable", -1)->pages, 400000);
        assert_int_equal(find(&totals, "pagetypeinfo", "Movable", -1)->pageblocks, 77);
        memory_totals_clear(&totals);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_nothing),
                cmocka_unit_test(test_zram_and_balloon),
                cmocka_unit_test(test_zones),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
