/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The picture kept true by uevents, on a machine that umockdev makes up: /sys is its testbed.
 */
#include "daemon/machine/monitor.h"
#include "tree.h"

#include <string.h>
#include <sys/stat.h>
#include <umockdev.h>

#define MEMORY "/sys/devices/system/memory"

struct bed {
        UMockdevTestbed *testbed;
        sd_event *event;
        struct tree *tree;
        struct monitor *monitor;
        unsigned int changes[MONITOR_RELOADED + 1];
};

static void on_change(void *userdata, enum monitor_change change, uint32_t number, const char *name)
{
        struct bed *bed = userdata;

        (void) number, (void) name;

        bed->changes[change]++;
}

static void write_below(struct bed *bed, const char *path, const char *text)
{
        char *root = umockdev_testbed_get_root_dir(bed->testbed);

        tree_text(root, path, text);
        g_free(root);
}

static void add_block(struct bed *bed, const char *name, const char *state, const char *zones)
{
        char *path = umockdev_testbed_add_device(bed->testbed, "memory", name, NULL, "state", state,
                                                 "valid_zones", zones, "removable", "1", NULL, NULL);

        assert_non_null(path);
        g_free(path);
}

static void put_on_node(struct bed *bed, const char *name)
{
        char path[128];

        (void) snprintf(path, sizeof(path), "sys/devices/system/node/node0/%s", name);
        write_below(bed, path, "");
}

static void event_for(struct bed *bed, const char *name, const char *action)
{
        char path[128];

        (void) snprintf(path, sizeof(path), "/sys/devices/%s", name);
        umockdev_testbed_uevent(bed->testbed, path, action);
        for (int i = 0; i < 20; i++)
                assert_true(sd_event_run(bed->event, 5000) >= 0);
}

/*
 * umockdev puts devices below /sys/devices; the kernel's are below system/memory. Links make both true.
 */
static void link_block(struct bed *bed, const char *name)
{
        char path[128], *root = umockdev_testbed_get_root_dir(bed->testbed);

        (void) snprintf(path, sizeof(path), "sys/devices/system/memory/%s", name);
        tree_folder(root, path);
        for (size_t i = 0; i < 3; i++) {
                static const char *const attributes[] = { "state", "valid_zones", "removable" };
                char from[256], to[256];

                (void) snprintf(from, sizeof(from), "%s/sys/devices/%s/%s", root, name, attributes[i]);
                (void) snprintf(to, sizeof(to), "%s/sys/devices/system/memory/%s/%s", root, name,
                                attributes[i]);
                assert_int_equal(link(from, to), 0);
        }
        g_free(root);
}

static void set_attribute(struct bed *bed, const char *name, const char *attribute, const char *value)
{
        char path[128];

        /* in place, so that both links see it */
        (void) snprintf(path, sizeof(path), "sys/devices/%s/%s", name, attribute);
        write_below(bed, path, value);
}

static int setup(void **state)
{
        struct bed *bed = calloc(1, sizeof(*bed));
        char *message = NULL;

        assert_non_null(bed);
        *state = bed;
        bed->testbed = umockdev_testbed_new();
        write_below(bed, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        write_below(bed, "sys/devices/system/node/online", "0\n");
        add_block(bed, "memory1", "online\n", "Movable\n");
        link_block(bed, "memory1");
        put_on_node(bed, "memory1");
        add_block(bed, "memory2", "offline\n", "Movable\n");
        link_block(bed, "memory2");
        put_on_node(bed, "memory2");

        assert_int_equal(sd_event_new(&bed->event), 0);
        assert_int_equal(tree_open(NULL, &bed->tree, &message), 0);
        assert_true(bed->tree->live);
        assert_true(monitor_new(bed->tree, bed->event, &bed->monitor, &message) >= 0);
        monitor_set_handler(bed->monitor, on_change, bed);
        return 0;
}

static int teardown(void **state)
{
        struct bed *bed = *state;

        monitor_free(bed->monitor);
        tree_close(bed->tree);
        sd_event_unref(bed->event);
        g_object_unref(bed->testbed);
        free(bed);
        return 0;
}

static void test_first_picture(void **state)
{
        struct bed *bed = *state;
        struct snapshot *snapshot = monitor_snapshot(bed->monitor);

        assert_int_equal(snapshot->n_blocks, 2);
        assert_int_equal(snapshot_find_block(snapshot, 1)->state, BLOCK_ONLINE);
        assert_int_equal(snapshot_find_block(snapshot, 1)->node, 0);
        assert_int_equal(snapshot_find_block(snapshot, 2)->state, BLOCK_OFFLINE);
}

static void test_online_and_offline(void **state)
{
        struct bed *bed = *state;

        /* without an event nothing is read again: that is the point */
        set_attribute(bed, "memory2", "state", "online\n");
        assert_int_equal(snapshot_find_block(monitor_snapshot(bed->monitor), 2)->state, BLOCK_OFFLINE);
        event_for(bed, "memory2", "online");
        assert_int_equal(snapshot_find_block(monitor_snapshot(bed->monitor), 2)->state, BLOCK_ONLINE);
        assert_int_equal(bed->changes[MONITOR_BLOCK_CHANGED], 1);

        set_attribute(bed, "memory1", "state", "offline\n");
        event_for(bed, "memory1", "offline");
        assert_int_equal(snapshot_find_block(monitor_snapshot(bed->monitor), 1)->state, BLOCK_OFFLINE);
        assert_int_equal(bed->changes[MONITOR_BLOCK_CHANGED], 2);
}

/* What an offline block may become depends on its neighbours, and no event tells of that. */
static void test_zones_of_neighbours(void **state)
{
        struct bed *bed = *state;

        set_attribute(bed, "memory2", "valid_zones", "Normal Movable\n");
        set_attribute(bed, "memory1", "state", "offline\n");
        event_for(bed, "memory1", "offline");
        assert_int_equal(zone_list_get(snapshot_find_block(monitor_snapshot(bed->monitor), 2)->zones, 0),
                         ZONE_NORMAL);
}

static void test_add_and_remove(void **state)
{
        struct bed *bed = *state;
        struct memory_block *block;

        add_block(bed, "memory9", "offline\n", "Movable\n");
        link_block(bed, "memory9");
        event_for(bed, "memory9", "add");
        block = snapshot_find_block(monitor_snapshot(bed->monitor), 9);
        assert_non_null(block);
        assert_int_equal(bed->changes[MONITOR_BLOCK_ADDED], 1);
        /* its node comes later, as in the kernel, and until then its zones must not be read */
        assert_int_equal(block->node, NODE_NONE);
        assert_int_equal(block->zones, 0);

        put_on_node(bed, "memory9");
        for (int i = 0; i < 400 && snapshot_find_block(monitor_snapshot(bed->monitor), 9)->zones == 0; i++)
                assert_true(sd_event_run(bed->event, 10000) >= 0);
        block = snapshot_find_block(monitor_snapshot(bed->monitor), 9);
        assert_int_equal(block->node, 0);
        assert_int_equal(zone_list_get(block->zones, 0), ZONE_MOVABLE);

        event_for(bed, "memory1", "remove");
        assert_null(snapshot_find_block(monitor_snapshot(bed->monitor), 1));
        assert_int_equal(bed->changes[MONITOR_BLOCK_REMOVED], 1);
        assert_non_null(snapshot_find_block(monitor_snapshot(bed->monitor), 2));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_first_picture, setup, teardown),
                cmocka_unit_test_setup_teardown(test_online_and_offline, setup, teardown),
                cmocka_unit_test_setup_teardown(test_zones_of_neighbours, setup, teardown),
                cmocka_unit_test_setup_teardown(test_add_and_remove, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
