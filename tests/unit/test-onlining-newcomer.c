/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/machine.h"
#include "daemon/onlining/newcomer.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

static char dimm0[] = "PNP0C80:00", dimm1[] = "PNP0C80:01", label[] = "BANK 1", virtio0[] = "virtio0",
            virtio_mem[] = "virtio_mem";

/* What is there: two DIMMs of two and three blocks, a device, and memory that nothing is known of. */
static struct snapshot *make(void)
{
        static const struct memory_block blocks[] = {
                { .number = 0, .state = BLOCK_ONLINE, .zones = ZONE_NORMAL, .dimm = DIMM_NONE },
                { .number = 1, .state = BLOCK_ONLINE, .zones = 0, .dimm = DIMM_NONE }, /* of several zones */
                { .number = 8, .state = BLOCK_OFFLINE, .zones = ZONE_NORMAL | ZONE_MOVABLE << 4, .dimm = 0 },
                { .number = 9, .state = BLOCK_OFFLINE, .zones = ZONE_NORMAL | ZONE_MOVABLE << 4, .dimm = 0 },
                { .number = 10, .state = BLOCK_OFFLINE, .zones = ZONE_MOVABLE, .node = 1, .dimm = 1 },
                { .number = 11, .state = BLOCK_ONLINE, .zones = ZONE_MOVABLE, .node = 1, .dimm = 1 },
                { .number = 12, .state = BLOCK_GOING_OFFLINE, .node = 1, .dimm = 1 },
                { .number = 20,
                  .state = BLOCK_OFFLINE,
                  .zones = ZONE_NORMAL,
                  .dimm = DIMM_NONE,
                  .driver = 1 },
                { .number = 21, .state = BLOCK_OFFLINE, .zones = ZONE_NORMAL, .dimm = DIMM_NONE },
                { .number = 22, .state = BLOCK_OFFLINE, .dimm = DIMM_NONE, .driver = 1 },
                { .number = 23, .state = BLOCK_OFFLINE, .dimm = DIMM_NONE },
                { .number = 24, .state = BLOCK_OFFLINE, .dimm = DIMM_NONE },
                { .number = 30, .state = BLOCK_OFFLINE, .dimm = DIMM_NONE, .node = NODE_NONE },
        };
        static const uint32_t of0[] = { 8, 9 }, of1[] = { 10, 11, 12 };
        struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

        snapshot->block_size = 128 * MIB;
        snapshot->n_blocks = ELEMENTSOF(blocks);
        snapshot->blocks = malloc(sizeof(blocks));
        memcpy(snapshot->blocks, blocks, sizeof(blocks));
        snapshot->n_dimms = 2;
        snapshot->dimms = calloc(2, sizeof(*snapshot->dimms));
        snapshot->dimms[0] = (struct dimm){ .name = strdup(dimm0), .size = 256 * MIB, .n_blocks = 2 };
        snapshot->dimms[1] = (struct dimm){
                .name = strdup(dimm1), .label = strdup(label), .size = 384 * MIB, .n_blocks = 3
        };
        snapshot->dimms[0].blocks = malloc(sizeof(of0));
        memcpy(snapshot->dimms[0].blocks, of0, sizeof(of0));
        snapshot->dimms[1].blocks = malloc(sizeof(of1));
        memcpy(snapshot->dimms[1].blocks, of1, sizeof(of1));
        snapshot->n_drivers = 1;
        snapshot->drivers = calloc(1, sizeof(*snapshot->drivers));
        snapshot->drivers[0] =
                (struct memory_driver){ strdup(virtio0), strdup(virtio_mem), 1024 * MIB, 256 * MIB };
        return snapshot;
}

static void test_groups(void **state)
{
        static const uint32_t numbers[] = { 3, 8, 9, 10, 11, 12, 20, 21, 22, 23, 24, 30, 99 };
        struct snapshot *snapshot = make();
        struct newcomers newcomers;
        const struct newcomer *items;

        (void) state;

        assert_int_equal(newcomers_find(snapshot, numbers, ELEMENTSOF(numbers), &newcomers), 0);
        items = newcomers.items;
        assert_int_equal(newcomers.n, 5);

        assert_string_equal(items[0].name, "PNP0C80:00");
        assert_string_equal(items[0].text, "8-9");
        assert_string_equal(new_memory_driver(&items[0].memory), "acpi");
        assert_int_equal(items[0].memory.device_bytes, 256 * MIB);
        assert_int_equal(items[0].memory.new_bytes, 256 * MIB);
        assert_true(items[0].known && !items[0].passing && items[0].memory.can_movable &&
                    items[0].memory.can_kernel);
        assert_int_equal(items[0].memory.others, TARGET_NONE);

        assert_string_equal(items[1].memory.label, "BANK 1");
        assert_int_equal(items[1].memory.node, 1);
        assert_int_equal(items[1].n_offline, 1);
        assert_int_equal(items[1].offline[0], 10);
        assert_int_equal(items[1].n_online, 1);
        assert_int_equal(items[1].online_in, TARGET_MOVABLE);
        assert_int_equal(items[1].memory.others, TARGET_MOVABLE);
        assert_true(items[1].passing && items[1].memory.can_movable && !items[1].memory.can_kernel);

        assert_string_equal(items[2].name, "virtio0");
        assert_string_equal(items[2].text, "20,22");
        assert_string_equal(new_memory_driver(&items[2].memory), "virtio_mem");
        assert_int_equal(items[2].memory.device_bytes, 1024 * MIB);
        assert_true(items[2].memory.can_kernel && !items[2].memory.can_movable);

        assert_string_equal(items[3].name, "blocks 21,23-24");
        assert_string_equal(new_memory_driver(&items[3].memory), "other");
        assert_false(items[3].known);
        assert_string_equal(items[4].name, "blocks 30");
        newcomers_clear(&newcomers);
        snapshot_free(snapshot);
}

static void test_machine(void **state)
{
        struct snapshot *snapshot = make();
        struct online_machine machine = online_machine_of(snapshot, 32 * MIB);

        (void) state;

        assert_int_equal(machine.movable_bytes, 160 * MIB); /* CMA areas count as such */
        assert_int_equal(machine.kernel_bytes, 224 * MIB);
        snapshot_free(snapshot);
}

/* Another DIMM's blocks in between, and more ranges than there is room for. */
static void test_many(void **state)
{
        struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
        struct newcomers newcomers;
        uint32_t numbers[400];

        (void) state;

        snapshot->block_size = 128 * MIB;
        snapshot->n_blocks = ELEMENTSOF(numbers);
        snapshot->blocks = calloc(ELEMENTSOF(numbers), sizeof(*snapshot->blocks));
        for (uint32_t i = 0; i < ELEMENTSOF(numbers); i++) {
                snapshot->blocks[i] = (struct memory_block){ .number = 1000 + 2 * i,
                                                             .state = BLOCK_OFFLINE,
                                                             .dimm = DIMM_NONE,
                                                             .node = (int16_t) (i % 2) };
                numbers[i] = 1000 + 2 * i;
        }
        assert_int_equal(newcomers_find(snapshot, numbers, ELEMENTSOF(numbers), &newcomers), 0);
        assert_int_equal(newcomers.n, 2);
        assert_int_equal(newcomers.items[0].n_offline, 200);
        assert_int_equal(newcomers.items[1].offline[199], 1798);
        assert_non_null(strstr(newcomers.items[1].text, "1002,1006,1010,"));
        assert_non_null(strstr(newcomers.items[1].text, ",..."));
        newcomers_clear(&newcomers);
        snapshot_free(snapshot);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_groups),
                cmocka_unit_test(test_machine),
                cmocka_unit_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
