// SPDX-License-Identifier: GPL-2.0
/*
 * Each way through the states of a page, and what is counted.
 */
#include "sequence.h"

static void test_moved(void **state)
{
        char name[MEMCTL_NAME_MAX + 1];

        (void) state;
        start(1);
        assert_int_equal(page->state, MEMCTL_IDLE);
        assert_true(memctl_peek(slots[0].page));
        assert_true(memctl_owner(slots[0].page, name));
        assert_string_equal(name, "test");
        assert_false(memctl_owner(&shim_pages[FIRST + 1], name));
        assert_true(vm_isolate(&shim_pages[FIRST]));
        assert_false(vm_isolate(&shim_pages[FIRST]));
        assert_int_equal(page->state, SHIM_TELLS ? MEMCTL_ISOLATED : MEMCTL_IDLE);
        assert_int_equal(counted().isolated, SHIM_TELLS ? 1 : 0);
        assert_int_equal(migrate(&shim_pages[FIRST]), 0);
        assert_int_equal(page->state, MEMCTL_IDLE);
        assert_ptr_equal(memctl_page(page), &shim_pages[UP]);
        assert_int_equal(shim_pages[FIRST].refcount, 0);
        assert_int_equal(shim_pages[UP].refcount, 1);
        assert_true(memctl_owner(&shim_pages[UP], name));
        assert_int_equal(counted().migrated, 1);
        assert_int_equal(driver.done, 1);
        assert_ptr_equal(memctl_page_data(page), &slots[0]);
        assert_ptr_equal(memctl_page_provider(page), driver.provider);
        end();
}

static void test_refused(void **state)
{
        (void) state;
        start(1);
        driver.refuse = true;
        if (SHIM_TELLS) {
                assert_false(vm_isolate(&shim_pages[FIRST]));
        } else {
                assert_true(vm_isolate(&shim_pages[FIRST]));
                assert_int_equal(migrate(&shim_pages[FIRST]), -EAGAIN);
                vm_putback(&shim_pages[FIRST]);
        }
        assert_int_equal(page->state, MEMCTL_IDLE);
        assert_int_equal(counted().refused, 1);
        /* As evacuation asks for it. */
        xa_lock(&page->provider->pages);
        assert_true(memctl_page_claim(page, true));
        xa_unlock(&page->provider->pages);
        assert_false(memctl_page_ask(page));
        assert_int_equal(counted().refused, 2);
        driver.refuse = false;
        assert_int_equal(vm_compact(FIRST, FIRST, UP, 1), 1);
        end();
}

static void test_put_back(void **state)
{
        (void) state;
        start(1);
        for (int tried = 0; tried < 2; tried++) {
                assert_true(vm_isolate(&shim_pages[FIRST]));
                driver.error = -EAGAIN;
                driver.errors = 1;
                if (tried)
                        assert_int_equal(migrate(&shim_pages[FIRST]), -EAGAIN);
                vm_putback(&shim_pages[FIRST]);
                sweep();
                assert_int_equal(page->state, MEMCTL_IDLE);
                assert_int_equal(slots[0].isolated, slots[0].back);
                assert_int_equal(shim_pages[FIRST].refcount, 1);
                driver.errors = 0;
        }
        assert_int_equal(slots[0].back, SHIM_TELLS ? 2 : 1);
        assert_int_equal(driver.done, 1);
        end();
}

static u64 failures(int error)
{
        struct memctl_counters counters = counted();

        for (int i = 0; i < MEMCTL_FAILURES; i++) {
                if (counters.failures[i].error == error)
                        return counters.failures[i].count;
        }
        return 0;
}

static void failing(int error)
{
        driver.error = error;
        driver.errors = 1;
        assert_true(vm_isolate(&shim_pages[FIRST]));
        assert_int_equal(migrate(&shim_pages[FIRST]), error > 0 ? -EINVAL : error);
        vm_putback(&shim_pages[FIRST]);
        assert_int_equal(page->state, MEMCTL_IDLE);
}

/* Errors have a slot each, while there are slots. */
static void test_errors(void **state)
{
        const int errors[] = { EIO, ENOMEM, EBUSY, EFAULT, EINVAL, ENOSPC, EPERM };

        (void) state;
        start(1);
        for (int i = 0; i < 7; i++) {
                failing(-errors[i]);
                failing(-errors[i]);
        }
        for (int i = 0; i < 5; i++)
                assert_int_equal(failures(errors[i]), 2);
        assert_int_equal(failures(0), 4);
        failing(7); /* no errno: counted as EINVAL */
        assert_int_equal(failures(EINVAL), 3);
        assert_int_equal(counted().failed, 15);
        end();
}

static void test_freed(void **state)
{
        (void) state;
        start(3);
        driver_free(&slots[0]);
        assert_int_equal(shim_pages[FIRST].refcount, 0);
        /* While the VM has it: freed when the VM lets go, by whatever way. */
        assert_true(vm_isolate(&shim_pages[FIRST + 1]));
        assert_true(vm_isolate(&shim_pages[FIRST + 2]));
        driver_free(&slots[1]);
        driver_free(&slots[2]);
        assert_int_equal(counted().pages, 0);
        assert_int_equal(counted().isolated, 0);
        assert_int_not_equal(shim_pages[FIRST + 1].refcount, 0);
        assert_int_equal(migrate(&shim_pages[FIRST + 1]), 0);
        vm_putback(&shim_pages[FIRST + 2]);
        sweep();
        assert_int_equal(shim_pages[FIRST + 1].refcount, 0);
        assert_int_equal(shim_pages[FIRST + 2].refcount, 0);
        assert_int_equal(driver.rounds, 0);
        end();
}

static void test_freed_prepared(void **state)
{
        (void) state;
        start(1);
        driver.error = -EAGAIN;
        driver.errors = 1;
        assert_true(vm_isolate(&shim_pages[FIRST]));
        assert_int_equal(migrate(&shim_pages[FIRST]), -EAGAIN);
        driver_free(&slots[0]);
        assert_int_equal(driver.done, 1);
        vm_putback(&shim_pages[FIRST]);
        end();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_moved),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_put_back),
                cmocka_unit_test(test_errors),
                cmocka_unit_test(test_freed),
                cmocka_unit_test(test_freed_prepared),
        };

        return sequence_run(tests);
}
