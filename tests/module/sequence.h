/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests that do one thing after the other: pages from FIRST on, which move UP.
 */
#ifndef TESTS_KERNEL_SEQUENCE_H
#define TESTS_KERNEL_SEQUENCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/evacuate/evacuate.h"
#include "driver.h"
#include "vm.h"

#define FIRST 8
#define UP 40

static struct memctl_page *page; /* the first one's */

/* stubs.c: is hibernation under way? */
extern bool stub_hibernates;

static inline void start(unsigned int nr)
{
        driver_start();
        for (unsigned int i = 0; i < nr; i++)
                driver_make(&slots[i], FIRST + i);
        page = slots[0].handle;
}

static inline void sweep(void)
{
        for (int i = 0; i < 4; i++)
                run_sleep(1);
}

static inline void end(void)
{
        sweep();
        driver_settled();
        driver_stop();
}

static inline struct memctl_counters counted(void)
{
        struct memctl_counters counters;

        memctl_provider_counters(driver.provider, &counters);
        return counters;
}

/* As the VM has one page: 0 or the error, the target unused then. */
static inline int migrate(struct page *src)
{
        struct page *dst = shim_page_alloc(UP);
        int err;

        lock_page(src);
        lock_page(dst);
        err = vm_migrate(src, dst);
        unlock_page(dst);
        unlock_page(src);
        put_page(dst);
        if (!err)
                put_page(src);
        return err;
}

#define sequence_run(tests) \
        (memctl_sweep_init() || memctl_pages_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL))

#endif /* TESTS_KERNEL_SEQUENCE_H */
