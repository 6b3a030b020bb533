// SPDX-License-Identifier: GPL-2.0
/*
 * What is prepared together, by the VM and by evacuation.
 */
#include "sequence.h"

/* All that is isolated is prepared at once; a page that fails stays prepared, its round open. */
static void test_round(void **state)
{
        (void) state;
        start(6);
        for (int i = 0; i < 4; i++)
                assert_true(vm_isolate(&shim_pages[FIRST + i]));
        assert_int_equal(driver.rounds, 0);
        driver.error = -EAGAIN;
        driver.errors = 1;
        assert_int_equal(migrate(&shim_pages[FIRST]), -EAGAIN);
        assert_int_equal(page->state, MEMCTL_PREPARED);
        assert_int_equal(driver.rounds, 1);
        assert_int_equal(driver.largest, 4);
        for (int i = 3; i >= 0; i--) {
                assert_int_equal(driver.done, 0);
                assert_int_equal(migrate(&shim_pages[FIRST + i]), 0);
        }
        assert_int_equal(driver.done, 1);
        assert_int_equal(driver.rounds, 1);
        assert_int_equal(counted().batches, 1);
        assert_true(counted().longest_pause > 0);
        end();
}

static void test_touched(void **state)
{
        (void) state;
        start(2);
        assert_true(vm_isolate(&shim_pages[FIRST]));
        assert_true(vm_isolate(&shim_pages[FIRST + 1]));
        driver.error = -EAGAIN;
        driver.errors = 1;
        assert_int_equal(migrate(&shim_pages[FIRST]), -EAGAIN);
        driver_touch(&slots[0]);
        assert_int_equal(page->state, MEMCTL_PREPARED); /* until the VM tries it */
        assert_int_equal(migrate(&shim_pages[FIRST]), 0);
        assert_int_equal(driver.rounds, 2);
        assert_int_equal(driver.largest, 2);
        assert_int_equal(driver.done, 1);
        assert_int_equal(migrate(&shim_pages[FIRST + 1]), 0);
        assert_int_equal(driver.done, 2);
        driver_touch(&slots[0]);
        assert_int_equal(page->state, MEMCTL_IDLE);
        end();
}

/* prepare() declines in mode ASYNC: once for a round, and is asked again in another mode. */
static void test_declined(void **state)
{
        (void) state;
        start(3);
        driver.decline = true;
        vm_mode = MIGRATE_ASYNC;
        for (int i = 0; i < 3; i++)
                assert_true(vm_isolate(&shim_pages[FIRST + i]));
        for (int pass = 0; pass < 2; pass++) {
                for (int i = 0; i < 3; i++)
                        assert_int_equal(migrate(&shim_pages[FIRST + i]), -EAGAIN);
        }
        assert_int_equal(driver.declined, 1);
        assert_int_equal(page->state, MEMCTL_ISOLATED);
        assert_int_equal(counted().batches, 0);
        vm_mode = MIGRATE_SYNC;
        for (int i = 0; i < 3; i++)
                assert_int_equal(migrate(&shim_pages[FIRST + i]), 0);
        assert_int_equal(driver.rounds, 1);
        assert_int_equal(driver.done, 1);
        /* What comes back is asked for anew. */
        vm_mode = MIGRATE_ASYNC;
        assert_int_equal(vm_compact(UP, UP + 2, FIRST, 1), 0);
        sweep();
        assert_int_equal(vm_compact(UP, UP + 2, FIRST, 1), 0);
        sweep();
        assert_int_equal(driver.declined, 3);
        driver.decline = false;
        assert_int_equal(vm_compact(UP, UP + 2, FIRST, 1), 3);
        vm_mode = MIGRATE_SYNC;
        end();
}

static void test_evacuated(void **state)
{
        struct memctl_evacuation ev = {
                .start = FIRST, .next = FIRST, .end = FIRST + 3, .max = 2, .node = NUMA_NO_NODE,
        };

        (void) state;
        start(4);
        assert_int_equal(memctl_evacuate(&ev), 0);
        assert_int_equal(ev.next, FIRST + 2);
        assert_int_equal(ev.moved, 2);
        assert_int_equal(driver.rounds, 1);
        /* The VM has the third: it stays, and was not asked for. */
        assert_true(vm_isolate(&shim_pages[FIRST + 2]));
        assert_int_equal(ev.max, 0);
        ev.max = 2;
        assert_int_equal(memctl_evacuate(&ev), 0);
        assert_int_equal(ev.next, FIRST + 3);
        assert_int_equal(ev.moved, 2);
        assert_int_equal(ev.failed, 1);
        assert_int_equal(counted().refused, 0);
        assert_int_equal(migrate(&shim_pages[FIRST + 2]), 0);
        assert_int_equal(page_to_pfn(slots[3].page), FIRST + 3);
        end();
}

/* Evacuation tries a page 10 times, and gives it back. */
static void test_evacuated_not(void **state)
{
        struct memctl_evacuation ev = {
                .start = FIRST, .next = FIRST, .end = FIRST + 2, .max = 2, .node = NUMA_NO_NODE,
        };

        (void) state;
        start(2);
        driver.error = -EAGAIN;
        driver.errors = 20;
        assert_int_equal(memctl_evacuate(&ev), 0);
        assert_int_equal(ev.failed, 2);
        assert_int_equal(driver.errors, 0);
        assert_int_equal(counted().retried, 20);
        assert_int_equal(slots[0].back + slots[1].back, 2);
        assert_int_equal(driver.rounds, 1);
        assert_int_equal(vm_compact(FIRST, FIRST + 1, UP, 1), 2);
        end();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_round),
                cmocka_unit_test(test_touched),
                cmocka_unit_test(test_declined),
                cmocka_unit_test(test_evacuated),
                cmocka_unit_test(test_evacuated_not),
        };

        return sequence_run(tests);
}
