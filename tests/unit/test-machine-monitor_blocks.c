/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Very many events: what they cost is counted in blocks read and passes made, not in time. The linker puts
 * the functions here in the place of the monitor's own.
 */
#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"
#include "daemon/machine/dirty.h"
#include "daemon/machine/monitor.h"
#include "daemon/machine/rescan.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MANY 98304U

/* Blocks read in one round of the loop, at most. */
#define READS_MAX 128U

static struct counts {
        unsigned int reads, passes, changed, added, removed, dimm_changes;
        bool rescans; /* they are real; else there are none */
        bool online; /* what a block read from now on is */
} counts;

int __real_block_read(struct tree *tree, struct snapshot *snapshot, struct memory_block *block);
int __wrap_block_read(struct tree *tree, struct snapshot *snapshot, struct memory_block *block);
void __real_dimms_count(struct snapshot *snapshot);
void __wrap_dimms_count(struct snapshot *snapshot);

int __wrap_block_read(struct tree *tree, struct snapshot *snapshot, struct memory_block *block)
{
        (void) tree, (void) snapshot;

        counts.reads++;
        block->state = counts.online ? BLOCK_ONLINE : BLOCK_OFFLINE;
        block->zones = ZONE_MOVABLE;
        return 0;
}

void __wrap_dimms_count(struct snapshot *snapshot)
{
        counts.passes++;
        __real_dimms_count(snapshot);
}

int __real_rescan_new(sd_event *event, struct tree *tree, rescan_done_t done, void *userdata,
                      struct rescan **ret);
int __wrap_rescan_new(sd_event *event, struct tree *tree, rescan_done_t done, void *userdata,
                      struct rescan **ret);

int __wrap_rescan_new(sd_event *event, struct tree *tree, rescan_done_t done, void *userdata,
                      struct rescan **ret)
{
        return counts.rescans ? __real_rescan_new(event, tree, done, userdata, ret) : -EAGAIN;
}

static void on_change(void *userdata, enum monitor_change change, uint32_t number, const char *name)
{
        (void) userdata, (void) number, (void) name;

        counts.changed += change == MONITOR_BLOCK_CHANGED;
        counts.added += change == MONITOR_BLOCK_ADDED;
        counts.removed += change == MONITOR_BLOCK_REMOVED;
        counts.dimm_changes += change == MONITOR_DIMM_ADDED || change == MONITOR_DIMM_REMOVED;
}

struct world {
        char *root;
        struct tree *tree;
        sd_event *event;
        struct monitor *monitor;
        struct snapshot *snapshot;
};

/* One block on disk; the others are put into the picture. */
static void world_init(struct world *world, uint32_t n_blocks)
{
        struct memory_block *blocks = calloc(n_blocks, sizeof(*blocks));
        char *message = NULL;

        assert_non_null(blocks);
        counts = (struct counts){ 0 };
        *world = (struct world){ .root = tree_make() };
        tree_text(world->root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        tree_block(world->root, 0, "offline", "Movable", "1");
        assert_int_equal(sd_event_new(&world->event), 0);
        assert_int_equal(tree_open(world->root, &world->tree, &message), 0);
        assert_int_equal(monitor_new(world->tree, world->event, &world->monitor, &message), 0);
        world->snapshot = monitor_snapshot(world->monitor);
        assert_int_equal(world->snapshot->n_blocks, 1);
        for (uint32_t i = 0; i < n_blocks; i++)
                blocks[i] = (struct memory_block){
                        .number = i,
                        .state = BLOCK_OFFLINE,
                        .dimm = 0,
                        .node = NODE_NONE,
                        .zones = ZONE_MOVABLE,
                };
        free(world->snapshot->blocks);
        world->snapshot->blocks = blocks;
        world->snapshot->n_blocks = n_blocks;
        world->snapshot->dimms = calloc(1, sizeof(*world->snapshot->dimms));
        assert_non_null(world->snapshot->dimms);
        world->snapshot->n_dimms = 1;
        world->snapshot->dimms[0] = (struct dimm){
                .name = strdup("PNP0C80:00"), .offline_bytes = n_blocks * world->snapshot->block_size,
        };
        monitor_set_handler(world->monitor, on_change, world);
        counts = (struct counts){ 0 };
}

static void world_clear(struct world *world)
{
        monitor_free(world->monitor);
        sd_event_unref(world->event);
        tree_close(world->tree);
        tree_remove(world->root);
}

/* Runs the loop while it has something to do at once; asks as often as a client may. Rounds. */
static unsigned int settle(struct world *world)
{
        unsigned int rounds = 0, before = counts.reads;

        while (sd_event_run(world->event, 0) > 0) {
                for (int i = 0; i < 10; i++)
                        (void) monitor_snapshot(world->monitor);
                assert_true(counts.reads - before <= READS_MAX);
                before = counts.reads;
                rounds++;
        }
        return rounds;
}

static void test_all_go_online(void **state)
{
        struct world world;

        (void) state;

        world_init(&world, MANY);
        counts.online = true;
        for (uint32_t i = 0; i < MANY; i++)
                monitor_take_event(world.monitor, "online", i);
        assert_int_equal(counts.reads, 0);
        assert_true(settle(&world) <= MANY / READS_MAX + 16);
        assert_int_equal(counts.changed, MANY);
        assert_int_equal(counts.reads, MANY);
        assert_int_equal(counts.passes, 0);
        assert_int_equal(world.snapshot->dimms[0].online_bytes, MANY * world.snapshot->block_size);
        assert_int_equal(world.snapshot->dimms[0].offline_bytes, 0);
        world_clear(&world);
}

/* As udev does it, each with an event of its own: what offline ones could become is not read for each. */
static void test_one_after_the_other(void **state)
{
        unsigned int rounds = 2048;
        struct world world;

        (void) state;

        world_init(&world, MANY);
        counts.online = true;
        for (uint32_t i = 0; i < rounds; i++) {
                unsigned int before = counts.reads;

                monitor_take_event(world.monitor, "online", i);
                assert_true(sd_event_run(world.event, 0) >= 0);
                for (int j = 0; j < 10; j++)
                        (void) monitor_snapshot(world.monitor);
                assert_true(counts.reads - before <= READS_MAX);
                assert_int_equal(world.snapshot->blocks[i].state, BLOCK_ONLINE);
        }
        assert_int_equal(counts.passes, 0);
        world_clear(&world);
}

static void test_many_events_of_one(void **state)
{
        struct world world;

        (void) state;

        world_init(&world, 4);
        counts.online = true;
        for (int i = 0; i < 1000; i++)
                monitor_take_event(world.monitor, "online", 2);
        (void) settle(&world);
        assert_int_equal(counts.changed, 1);
        /* with those that events do not tell of */
        assert_true(counts.reads <= 4);
        world_clear(&world);
}

static void test_many_come_and_go(void **state)
{
        struct world world;

        (void) state;

        world_init(&world, MANY / 2);
        for (uint32_t i = MANY; i > MANY / 2; i--)
                monitor_take_event(world.monitor, "add", i - 1);
        (void) settle(&world);
        assert_int_equal(counts.added, MANY / 2);
        assert_int_equal(world.snapshot->n_blocks, MANY);
        for (uint32_t i = 0; i < MANY; i++)
                assert_int_equal(world.snapshot->blocks[i].number, i);

        for (uint32_t i = 1; i < MANY; i += 2)
                monitor_take_event(world.monitor, "remove", i);
        /* one that comes back before anybody looked was not away */
        monitor_take_event(world.monitor, "add", 1);
        (void) settle(&world);
        assert_int_equal(counts.removed, MANY / 2 - 1);
        assert_int_equal(world.snapshot->n_blocks, MANY / 2 + 1);
        for (uint32_t i = 2; i < MANY / 2; i++)
                assert_int_equal(world.snapshot->blocks[i].number, (i - 1) * 2);
        world_clear(&world);
}

/* Which DIMM a block is of comes after its event: a large machine finds it out beside the loop. */
static void test_members_of_a_large_machine(void **state)
{
        const uint32_t n = 1100;
        char *root = tree_make(), *message = NULL;
        struct world world = { .root = root };
        struct memory_block *block;

        (void) state;

        counts = (struct counts){ .rescans = true };
        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        for (uint32_t i = 0; i < n; i++)
                tree_block(root, i, "offline", "Movable", "1");
        assert_int_equal(sd_event_new(&world.event), 0);
        assert_int_equal(tree_open(root, &world.tree, &message), 0);
        assert_int_equal(monitor_new(world.tree, world.event, &world.monitor, &message), 0);
        monitor_set_handler(world.monitor, on_change, &world);

        tree_folder(root, "sys/bus/acpi/devices/PNP0C80:00");
        tree_block(root, n, "offline", "Movable", "1");
        tree_link(root, "sys/devices/system/memory/memory1100/firmware_node",
                  "../../../LNXSYSTM:00/PNP0C80:00");
        monitor_take_event(world.monitor, "add", n);
        assert_int_equal(monitor_snapshot(world.monitor)->n_blocks, n + 1);
        for (int i = 0; i < 1000 && counts.dimm_changes == 0; i++) {
                unsigned int before = counts.reads;

                assert_true(sd_event_run(world.event, 10000) >= 0);
                (void) monitor_snapshot(world.monitor);
                assert_true(counts.reads - before <= READS_MAX);
        }
        assert_int_equal(counts.added, 1);
        assert_int_equal(counts.dimm_changes, 1);
        block = snapshot_find_block(monitor_snapshot(world.monitor), n);
        assert_non_null(block);
        assert_int_equal(block->dimm, 0);
        world_clear(&world);
}

static void add_dimm(const char *root, uint32_t block, const char *name)
{
        char path[128], to[128];

        (void) snprintf(path, sizeof(path), "sys/bus/acpi/devices/%s", name);
        tree_folder(root, path);
        tree_block(root, block, "offline", "Movable", "1");
        (void) snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/firmware_node", block);
        (void) snprintf(to, sizeof(to), "../../../LNXSYSTM:00/%s", name);
        tree_link(root, path, to);
}

/* PNP0C80:ff comes between :fe and :100, which stay. */
static void test_dimms_by_number(void **state)
{
        struct world world = { .root = tree_make() };
        char *root = world.root, *message = NULL;

        (void) state;

        counts = (struct counts){ .rescans = true };
        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        add_dimm(root, 0, "PNP0C80:fe");
        add_dimm(root, 2, "PNP0C80:100");
        assert_int_equal(sd_event_new(&world.event), 0);
        assert_int_equal(tree_open(root, &world.tree, &message), 0);
        assert_int_equal(monitor_new(world.tree, world.event, &world.monitor, &message), 0);
        monitor_set_handler(world.monitor, on_change, &world);

        add_dimm(root, 1, "PNP0C80:ff");
        monitor_take_event(world.monitor, "add", 1);
        for (int i = 0; i < 1000 && counts.dimm_changes == 0; i++) {
                assert_true(sd_event_run(world.event, 10000) >= 0);
                (void) monitor_snapshot(world.monitor);
        }
        assert_int_equal(counts.dimm_changes, 1);
        assert_int_equal(monitor_snapshot(world.monitor)->n_dimms, 3);
        assert_string_equal(monitor_snapshot(world.monitor)->dimms[1].name, "PNP0C80:ff");
        world_clear(&world);
}

static void test_dirty(void **state)
{
        struct dirty dirty = { 0 };
        uint32_t number;
        bool gone;

        (void) state;

        assert_false(dirty_take(&dirty, &number, &gone));
        assert_int_equal(dirty_add(&dirty, DIRTY_NUMBERS_MAX, false), -ERANGE);
        for (uint32_t i = 0; i < 1000; i++)
                assert_int_equal(dirty_add(&dirty, i * 3, false), 0);
        assert_int_equal(dirty_add(&dirty, 3, true), 0);
        assert_int_equal(dirty.n, 1000);
        assert_true(dirty_take(&dirty, &number, &gone));
        assert_int_equal(number, 0);
        assert_false(gone);
        assert_true(dirty_take(&dirty, &number, &gone));
        assert_int_equal(number, 3);
        assert_true(gone);
        /* round the ring's end */
        for (uint32_t i = 0; i < 1000; i++)
                assert_int_equal(dirty_add(&dirty, i * 3 + 1, false), 0);
        for (uint32_t i = 2; i < 1000; i++) {
                assert_true(dirty_take(&dirty, &number, &gone));
                assert_int_equal(number, i * 3);
        }
        for (uint32_t i = 0; i < 1000; i++) {
                assert_true(dirty_take(&dirty, &number, &gone));
                assert_int_equal(number, i * 3 + 1);
        }
        assert_false(dirty_take(&dirty, &number, &gone));
        dirty_clear(&dirty);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_go_online),      cmocka_unit_test(test_one_after_the_other),
                cmocka_unit_test(test_many_events_of_one), cmocka_unit_test(test_many_come_and_go),
                cmocka_unit_test(test_members_of_a_large_machine), cmocka_unit_test(test_dimms_by_number),
                cmocka_unit_test(test_dirty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
