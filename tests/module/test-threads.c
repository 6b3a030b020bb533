// SPDX-License-Identifier: GPL-2.0
/*
 * Many operations by real threads, watched by ThreadSanitizer: VM rounds, two
 * evacuations, and drivers that free, make, unmake and touch pages of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/evacuate/evacuate.h"
#include "driver.h"
#include "vm.h"

#define DRIVERS 2
#define OPERATIONS 10000 /* of each driver */
#define ROUNDS 300      /* at least, of each of the others */

static bool stopping;

static unsigned int next_random(unsigned int *seed)
{
        *seed = *seed * 1103515245 + 12345;
        return *seed >> 16;
}

static void *drive(void *arg)
{
        unsigned int first = (unsigned int) (size_t) arg, seed = first + 1;

        for (int i = 0; i < OPERATIONS; i++) {
                struct slot *slot = &slots[first + next_random(&seed) % (DRIVER_SLOTS / DRIVERS)];
                unsigned int what = next_random(&seed) % 8;

                if (!slot->handle)
                        driver_make(slot, next_random(&seed) % 64);
                else if (what == 0)
                        driver_free(slot);
                else if (what == 1)
                        driver_unmake(slot);
                else if (what == 2)
                        driver_pin(slot);
                else
                        driver_touch(slot);
        }
        return NULL;
}

static void *compact(void *arg)
{
        unsigned int seed = 77 + (unsigned int) (size_t) arg;
        unsigned long moved = 0;

        for (int i = 0; i < ROUNDS || !__atomic_load_n(&stopping, __ATOMIC_RELAXED); i++) {
                unsigned long first = next_random(&seed) % 100;

                moved += vm_compact(first, first + 20, next_random(&seed) % 64, next_random(&seed) % 4);
                run_sleep(1);
        }
        return (void *) moved;
}

static void *evacuate(void *arg)
{
        unsigned long moved = 0;

        (void) arg;
        for (int i = 0; i < ROUNDS || !__atomic_load_n(&stopping, __ATOMIC_RELAXED); i++) {
                unsigned long start = (unsigned long) (i % 2) * 32;
                struct memctl_evacuation ev = {
                        .start = start, .next = start, .end = start + 32, .max = 32, .node = NUMA_NO_NODE,
                };

                run_check(memctl_evacuate(&ev) == 0);
                moved += ev.moved;
                run_sleep(1);
        }
        return (void *) moved;
}

static void test_threads(void **state)
{
        void *(*const others[])(void *) = { compact, compact, evacuate, evacuate };
        pthread_t drivers[DRIVERS], threads[4];
        unsigned long moved[2] = {};
        struct memctl_counters counters;

        (void) state;
        driver_start();
        driver.moody = true;
        for (size_t i = 0; i < DRIVER_SLOTS; i++)
                driver_make(&slots[i], 0);
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, others[i], (void *) i), 0);
        for (size_t i = 0; i < DRIVERS; i++)
                assert_int_equal(pthread_create(&drivers[i], NULL, drive,
                                                (void *) (i * DRIVER_SLOTS / DRIVERS)), 0);
        for (size_t i = 0; i < DRIVERS; i++)
                pthread_join(drivers[i], NULL);
        __atomic_store_n(&stopping, true, __ATOMIC_RELAXED);
        for (size_t i = 0; i < 4; i++) {
                void *result;

                pthread_join(threads[i], &result);
                moved[i / 2] += (unsigned long) result;
        }
        for (int i = 0; i < 2000; i++) { /* what is swept */
                memctl_provider_counters(driver.provider, &counters);
                if (!counters.isolated)
                        break;
                run_sleep(10);
        }
        printf("# moved %lu by the VM, %lu by evacuation; %lu rounds, %lu tried again\n", moved[0], moved[1],
               (unsigned long) counters.batches, (unsigned long) counters.retried);
        fflush(stdout);
        run_check(moved[0] > 100 && moved[1] > 100);
        driver_settled();
        driver_stop();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_threads),
        };

        if (memctl_sweep_init() || memctl_pages_init())
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
