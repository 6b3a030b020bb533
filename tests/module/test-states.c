// SPDX-License-Identifier: GPL-2.0
/*
 * Each way through the states of a page, and what is counted.
 */
#include "sequence.h"

static void test_moved(void **state)
{
        (void) state;
        start(1);
        assert_int_equal(page->state, MEMCTL_IDLE);
        assert_true(vm_isolate(&shim_pages[FIRST]));
        assert_false(vm_isolate(&shim_pages[FIRST]));
        assert_int_equal(page->state, SHIM_TELLS ? MEMCTL_ISOLATED : MEMCTL_IDLE);
        assert_int_equal(counted().isolated, SHIM_TELLS ? 1 : 0);
        assert_int_equal(migrate(&shim_pages[FIRST]), 0);
        assert_int_equal(page->state, MEMCTL_IDLE);
        assert_ptr_equal(memctl_page(page), &shim_pages[UP]);
        assert_int_equal(shim_pages[FIRST].refcount, 0);
        assert_int_equal(shim_pages[UP].refcount, 1);
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
        spin_lock(&page->provider->lock);
        assert_true(memctl_page_claim(page, true));
        spin_unlock(&page->provider->lock);
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
        assert_int_equal(migrate(&shim_pages[FIRST]), -EBUSY); /* to the VM, all are one */
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

/* A pinned page stays: not isolated, or, isolated before, not migrated. */
static void test_pinned(void **state)
{
        (void) state;
        start(2);
        assert_true(memctl_page_trypin(page));
        memctl_page_pin(page);
        assert_true(memctl_page_is_pinned(page));
        assert_int_equal(vm_compact(FIRST, FIRST + 1, UP, 2), 1);
        assert_ptr_equal(memctl_page(page), &shim_pages[FIRST]);
        memctl_page_unpin(page);
        assert_int_equal(vm_compact(FIRST, FIRST, UP, 2), 0);
        memctl_page_unpin(page);
        assert_false(memctl_page_is_pinned(page));
        sweep();

        assert_true(vm_isolate(&shim_pages[FIRST]));
        assert_true(memctl_page_trypin(page));
        assert_int_equal(migrate(&shim_pages[FIRST]), -EAGAIN);
        memctl_page_unpin(page);
        assert_int_equal(migrate(&shim_pages[FIRST]), 0);
        end();
}

/* What moved in a round is told of once, when the round is over, and moves no further before. */
static void test_committed(void **state)
{
        (void) state;
        start(3);
        for (int i = 0; i < 3; i++)
                assert_true(vm_isolate(&shim_pages[FIRST + i]));
        assert_int_equal(migrate(&shim_pages[FIRST]), 0);
        assert_int_equal(migrate(&shim_pages[FIRST + 1]), 0);
        assert_int_equal(page->state, MEMCTL_MOVED);
        assert_int_equal(counted().isolated, 1);
        assert_int_equal(driver.done, 0);
        assert_int_equal(vm_compact(UP, UP, UP + 8, 1), 0);
        driver_free(&slots[1]);         /* it is not told of */
        assert_int_equal(shim_pages[UP + 1].refcount, 0);
        assert_int_equal(migrate(&shim_pages[FIRST + 2]), 0);
        assert_int_equal(driver.done, 1);
        assert_int_equal(slots[0].committed, 1);
        assert_int_equal(slots[1].committed, 0);
        assert_int_equal(slots[2].committed, 1);
        assert_int_equal(page->state, MEMCTL_IDLE);
        sweep();
        assert_int_equal(vm_compact(UP, UP, UP + 8, 1), 1);
        end();
}

/* Taken back while its round is open. */
static void test_unmade_moved(void **state)
{
        (void) state;
        start(2);
        assert_true(vm_isolate(&shim_pages[FIRST]));
        assert_true(vm_isolate(&shim_pages[FIRST + 1]));
        assert_int_equal(migrate(&shim_pages[FIRST]), 0);
        driver_unmake(&slots[0]);
        assert_int_equal(driver.done, 0);
        assert_int_equal(migrate(&shim_pages[FIRST + 1]), 0);
        assert_int_equal(driver.done, 1);
        assert_int_equal(slots[0].committed, 0);
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
                cmocka_unit_test(test_pinned),
                cmocka_unit_test(test_committed),
                cmocka_unit_test(test_unmade_moved),
        };

        return sequence_run(tests);
}
