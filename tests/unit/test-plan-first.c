/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree.h"

#include "daemon/plan/first.h"

#define STEPS 4

struct world {
        struct offline_step steps[STEPS];
        struct offline_plan plan;
        struct offline_request request;
};

/* Steps in the order to go, with so many pages in use. */
static void world_init(struct world *world, const uint64_t *pages)
{
        *world = (struct world){ .plan = { .fence = true, .usage_known = true, .n_steps = STEPS } };
        world->plan.steps = world->steps;
        for (size_t i = 0; i < STEPS; i++) {
                world->steps[i].pages_in_use = pages[i];
                world->plan.pages_in_use += pages[i];
        }
}

static size_t unfenced(struct world *world)
{
        size_t n = 0;

        first_decide(&world->request, &world->plan);
        while (n < STEPS && world->steps[n].unfenced)
                n++;
        for (size_t i = n; i < STEPS; i++)
                assert_false(world->steps[i].unfenced);
        return n;
}

static void test_what_moves_twice_is_little(void **state)
{
        struct world world;

        (void) state;

        world_init(&world, (uint64_t[STEPS]){ 0, 0, 0, 30000 });
        assert_int_equal(unfenced(&world), 3);
        world_init(&world, (uint64_t[STEPS]){ 0, 0, 0, 1 });
        assert_int_equal(unfenced(&world), 3);
        world_init(&world, (uint64_t[STEPS]){ 0, 0, 0, 0 });
        assert_int_equal(unfenced(&world), STEPS);
        /* 60 + 60 of 30720 are 1/256, and one more is above */
        world_init(&world, (uint64_t[STEPS]){ 60, 60, 600, 30000 });
        assert_int_equal(unfenced(&world), 2);
        world_init(&world, (uint64_t[STEPS]){ 60, 61, 599, 30000 });
        assert_int_equal(unfenced(&world), 1);
        world_init(&world, (uint64_t[STEPS]){ 7000, 7000, 7000, 7000 });
        assert_int_equal(unfenced(&world), 0);
        world_init(&world, (uint64_t[STEPS]){ 0, UINT64_MAX / 2, UINT64_MAX / 2, UINT64_MAX / 2 });
        world.plan.pages_in_use = UINT64_MAX;
        assert_int_equal(unfenced(&world), 1);
}

static void test_none_where_steps_are_bounded_or_unknown(void **state)
{
        static const uint64_t pages[STEPS] = { 0, 0, 0, 30000 };
        struct world world;

        (void) state;

        world_init(&world, pages);
        world.plan.fence = false;
        assert_int_equal(unfenced(&world), 0);
        world_init(&world, pages);
        world.plan.usage_known = false;
        assert_int_equal(unfenced(&world), 0);
        world_init(&world, pages);
        world.request.options.rate = 1 << 20;
        assert_int_equal(unfenced(&world), 0);
        world_init(&world, pages);
        world.request.options.max_pause_usec = 1000;
        assert_int_equal(unfenced(&world), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_moves_twice_is_little),
                cmocka_unit_test(test_none_where_steps_are_bounded_or_unknown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
