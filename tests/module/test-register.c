// SPDX-License-Identifier: GPL-2.0
/*
 * Providers and pages come and go.
 */
#include "sequence.h"

#include <linux/nodemask.h>

static void refused(const char *name)
{
        assert_int_equal(PTR_ERR(memctl_provider_register(name, &driver_ops, NULL)), -EINVAL);
}

static void test_names(void **state)
{
        static const struct memctl_movable_ops none;
        const char *longest = "a234567890123456789012345678-_z";
        struct memctl_provider *provider, *other;
        unsigned int generation = memctl_provider_generation();

        (void) state;
        refused(NULL);
        refused("");
        refused("1a");
        refused("_a");
        refused("A");
        refused("aB");
        refused("a b");
        refused("a/b");
        refused("a2345678901234567890123456789012");
        assert_int_equal(PTR_ERR(memctl_provider_register("a", NULL, NULL)), -EINVAL);
        assert_int_equal(PTR_ERR(memctl_provider_register("a", &none, NULL)), -EINVAL);
        assert_int_equal(generation, memctl_provider_generation());

        assert_int_equal(strlen(longest), MEMCTL_NAME_MAX);
        provider = memctl_provider_register(longest, &driver_ops, state);
        assert_false(IS_ERR(provider));
        assert_ptr_equal(memctl_provider_data(provider), state);
        assert_int_not_equal(generation, memctl_provider_generation());
        assert_int_equal(PTR_ERR(memctl_provider_register(longest, &driver_ops, NULL)), -EEXIST);
        other = memctl_provider_register("a", &driver_ops, NULL);
        assert_false(IS_ERR(other));
        assert_ptr_equal(memctl_provider_at(1), other);
        memctl_provider_put(other);
        assert_ptr_equal(memctl_provider_find(longest), provider);
        memctl_provider_put(provider);
        assert_null(memctl_provider_find("b"));
        memctl_provider_unregister(provider);
        memctl_provider_unregister(other);
        assert_null(memctl_provider_at(0));
}

/* Only a page like any other is made movable, and once. */
static void test_plain(void **state)
{
        struct page *other = shim_page_alloc(FIRST);

        (void) state;
        driver_start();
        other->private = 1;
        assert_int_equal(PTR_ERR(memctl_page_make(driver.provider, other, NULL)), -EINVAL);
        other->private = 0;
        driver_make(&slots[0], FIRST);
        assert_int_equal(PTR_ERR(memctl_page_make(driver.provider, slots[0].page, NULL)), -EINVAL);
        stub_hibernates = true;
        assert_int_equal(PTR_ERR(memctl_page_make(driver.provider, other, NULL)), -EBUSY);
        stub_hibernates = false;
        put_page(other);
        assert_int_equal(memctl_provider_prefer_node(driver.provider, 0), 0);
        assert_int_equal(memctl_provider_prefer_node(driver.provider, 1), -EINVAL);
        assert_int_equal(memctl_provider_prefer_node(driver.provider, MAX_NUMNODES), -EINVAL);
        assert_int_equal(memctl_provider_prefer_node(driver.provider, -2), -EINVAL);
        assert_int_equal(memctl_provider_prefer_node(driver.provider, NUMA_NO_NODE), 0);
        end();
}

static void test_memory(void **state)
{
        struct page *alone = shim_page_alloc(FIRST);

        (void) state;
        shim_memory_left = 0;
        assert_int_equal(PTR_ERR(memctl_provider_register("a", &driver_ops, NULL)), -ENOMEM);
        shim_memory_left = -1;
        driver_start();
        shim_memory_left = 0;
        assert_int_equal(PTR_ERR(memctl_page_make(driver.provider, alone, NULL)), -ENOMEM);
        shim_memory_left = -1;
        put_page(alone);
        /* No memory for a round: tried again. */
        driver_make(&slots[0], FIRST);
        assert_true(vm_isolate(slots[0].page));
        shim_memory_left = 0;
        assert_int_equal(migrate(slots[0].page), -EAGAIN);
        shim_memory_left = -1;
        assert_int_equal(counted().retried, 1);
        assert_int_equal(migrate(slots[0].page), 0);
        end();
}

static void test_unmade(void **state)
{
        (void) state;
        start(2);
        driver_unmake(&slots[0]);
        assert_int_equal(vm_compact(FIRST, FIRST + 1, UP, 1), 1);
        driver_unmake(&slots[1]);
        assert_int_equal(shim_pages_used(), 0);
        end();
}

static void test_unregistered(void **state)
{
        (void) state;
        start(2);
        memctl_provider_unregister(driver.provider);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(slots[i].page->refcount, 1);
                assert_true(memctl_mm_is_plain(slots[i].page));
                put_page(slots[i].page);
        }
        driver_stopped();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_plain),
                cmocka_unit_test(test_memory),
                cmocka_unit_test(test_unmade),
                cmocka_unit_test(test_unregistered),
        };

        return sequence_run(tests);
}
