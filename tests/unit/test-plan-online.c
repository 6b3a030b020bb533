/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/eject.h"
#include "daemon/plan/online.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

#define ROUNDS      20000
#define BLOCKS_MAX  16
#define MANY_BLOCKS 100

#define NORMAL_MOVABLE ((zone_list_t) ZONE_NORMAL | (zone_list_t) ZONE_MOVABLE << 4)

static struct memory_block blocks[] = {
        { .number = 0, .state = BLOCK_ONLINE, .zones = ZONE_NORMAL },
        { .number = 1, .state = BLOCK_OFFLINE, .zones = NORMAL_MOVABLE },
        { .number = 2, .state = BLOCK_OFFLINE, .zones = ZONE_MOVABLE },
        { .number = 3, .state = BLOCK_OFFLINE, .zones = 0 },
        { .number = 4, .state = BLOCK_UNKNOWN },
};
static struct snapshot machine = { .block_size = 128 << 20, .blocks = blocks, .n_blocks = 5 };

static void test_words(void **state)
{
        (void) state;

        assert_string_equal(online_zone_command(ONLINE_KERNEL), "online_kernel");
        assert_string_equal(online_zone_command(online_zone_for(ZONE_MOVABLE)), "online_movable");
        assert_int_equal(online_zone_for(ZONE_DMA32), ONLINE_KERNEL);
}

static void test_plan(void **state)
{
        static const uint32_t good[] = { 0, 1, 3 }, bad[] = { 1, 2, 4 };
        _cleanup_(online_plan_clear) struct online_plan plan = { 0 }, refused = { 0 };

        (void) state;

        assert_int_equal(online_plan_make(&machine, good, 3, ONLINE_KERNEL, &plan), 0);
        assert_false(plan.refused);
        assert_int_equal(plan.n_blocks, 2); /* 0 is online already; 3 does not say, so the kernel will */
        assert_int_equal(plan.blocks[0], 1);
        assert_int_equal(plan.blocks[1], 3);

        assert_int_equal(online_plan_make(&machine, bad, 3, ONLINE_KERNEL, &refused), 0);
        assert_true(refused.refused);
        assert_int_equal(refused.n_blocks, 0);
        assert_int_equal(refused.reasons.n_items, 2);
        assert_int_equal(refused.reasons.items[0].code, REASON_ZONE_NOT_POSSIBLE);
        assert_int_equal(refused.reasons.items[0].block, 2);
        assert_int_equal(refused.reasons.items[1].code, REASON_BAD_STATE);
}

/* Told before it is used: a failure then says which seed it was. */
static void seed(void)
{
        const char *text = getenv("MEMCTL_TEST_SEED");
        unsigned int value = text ? (unsigned int) strtoul(text, NULL, 10) : 1;

        print_message("# MEMCTL_TEST_SEED=%u\n", value);
        srandom(value);
}

static bool offers(zone_list_t zones, enum online_zone zone)
{
        return zones == 0 || zone_list_contains(zones, zone == ONLINE_MOVABLE ? ZONE_MOVABLE : ZONE_NORMAL);
}

static size_t count_blocks(const struct reason_list *reasons)
{
        size_t n = 0;

        for (size_t i = 0; i < reasons->n_items; i++)
                n += reasons->items[i].last_block > reasons->items[i].block
                             ? reasons->items[i].last_block - reasons->items[i].block + 1
                             : 1;
        return n;
}

/* For any machine: all offline blocks asked for, ascending and each once; or none, and a reason for each. */
static void test_properties(void **state)
{
        static const zone_list_t lists[] = { 0, ZONE_NORMAL, ZONE_MOVABLE, NORMAL_MOVABLE };

        (void) state;

        seed();
        for (int round = 0; round < ROUNDS; round++) {
                _cleanup_(online_plan_clear) struct online_plan plan = { 0 };
                enum online_zone zone = random() % 2 ? ONLINE_MOVABLE : ONLINE_KERNEL;
                struct memory_block any_blocks[BLOCKS_MAX];
                struct snapshot any = { .block_size = 128 << 20, .blocks = any_blocks };
                uint32_t asked[BLOCKS_MAX], expected[BLOCKS_MAX], number = 0;
                size_t n_asked = 0, n_expected = 0, bad = 0;

                any.n_blocks = (size_t) (random() % (BLOCKS_MAX + 1));
                for (size_t i = 0; i < any.n_blocks; i++) {
                        struct memory_block *block = &any_blocks[i];

                        number += 1 + (uint32_t) (random() % 3);
                        *block = (struct memory_block){
                                .number = number,
                                .state = random() % 40 ? (random() % 2 ? BLOCK_ONLINE : BLOCK_OFFLINE)
                                                       : (uint8_t) (random() % _BLOCK_STATE_MAX),
                                .zones = random() % 10 ? NORMAL_MOVABLE
                                                       : lists[(size_t) random() % ELEMENTSOF(lists)],
                        };
                        if (random() % 3 == 0)
                                continue;
                        asked[n_asked++] = number;
                        if (block->state == BLOCK_OFFLINE && offers(block->zones, zone))
                                expected[n_expected++] = number;
                        else if (block->state != BLOCK_ONLINE)
                                bad++;
                }

                assert_int_equal(online_plan_make(&any, asked, n_asked, zone, &plan), 0);
                assert_int_equal(plan.refused, bad > 0);
                assert_int_equal(count_blocks(&plan.reasons), bad);
                assert_int_equal(plan.n_blocks, bad ? 0 : n_expected);
                for (size_t i = 0; i < plan.n_blocks; i++)
                        assert_int_equal(plan.blocks[i], expected[i]);
        }
}

static void test_eject(void **state)
{
        struct dimm dimm = {
                .name = (char *) "PNP0C80:00",
                .blocks = (uint32_t[]){ 1, 2, 0 },
                .n_blocks = 2,
                .ejectable = true,
        };
        struct reason_list reasons = { 0 };

        (void) state;

        assert_int_equal(eject_judge(&machine, &dimm, &reasons), 0);
        assert_int_equal(reasons.n_items, 0);
        dimm.n_blocks = 3;
        dimm.ejectable = false;
        assert_int_equal(eject_judge(&machine, &dimm, &reasons), 0);
        assert_int_equal(reasons.n_items, 2);
        assert_int_equal(reasons.items[0].code, REASON_NOT_EJECTABLE);
        assert_int_equal(reasons.items[1].code, REASON_BLOCKS_ONLINE);
        assert_int_equal(reasons.items[1].block, 0);
        reason_list_clear(&reasons);
}

/* However many blocks are bad; what stands against the whole DIMM comes on top. */
static void test_reasons_are_bounded(void **state)
{
        _cleanup_(online_plan_clear) struct online_plan plan = { 0 };
        struct memory_block many_blocks[MANY_BLOCKS];
        struct snapshot many = { .block_size = 128 << 20, .blocks = many_blocks, .n_blocks = MANY_BLOCKS };
        uint32_t numbers[MANY_BLOCKS];
        struct dimm dimm = { .name = (char *) "PNP0C80:00", .blocks = numbers, .n_blocks = MANY_BLOCKS };
        struct reason_list reasons = { 0 };

        (void) state;

        for (uint32_t i = 0; i < MANY_BLOCKS; i++) {
                numbers[i] = i;
                many_blocks[i] =
                        (struct memory_block){ .number = i,
                                               .state = i % 2 ? BLOCK_UNKNOWN : BLOCK_GOING_OFFLINE };
        }
        /* a good one among them does not make it less of a refusal */
        many_blocks[0].state = BLOCK_OFFLINE;

        assert_int_equal(online_plan_make(&many, numbers, MANY_BLOCKS, ONLINE_MOVABLE, &plan), 0);
        assert_true(plan.refused);
        assert_int_equal(plan.n_blocks, 0);
        assert_int_equal(plan.reasons.n_items, REASON_BLOCKS_MAX + 1);
        assert_int_equal(plan.reasons.items[REASON_BLOCKS_MAX].code, REASON_MORE);
        assert_int_equal(plan.reasons.items[0].block, 1);
        assert_int_equal(plan.reasons.items[REASON_BLOCKS_MAX - 1].block, REASON_BLOCKS_MAX);

        assert_int_equal(eject_judge(&many, &dimm, &reasons), 0);
        assert_int_equal(reasons.n_items, 2);
        assert_int_equal(reasons.items[0].code, REASON_NOT_EJECTABLE);
        assert_int_equal(reasons.items[1].block, 1);
        assert_int_equal(reasons.items[1].last_block, MANY_BLOCKS - 1);
        reason_list_clear(&reasons);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_plan),
                cmocka_unit_test(test_properties),
                cmocka_unit_test(test_eject),
                cmocka_unit_test(test_reasons_are_bounded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
