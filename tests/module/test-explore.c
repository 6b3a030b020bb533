// SPDX-License-Identifier: GPL-2.0
/*
 * The module's code under every order of a few threads. What each order must keep is
 * checked by the driver (driver.c), by the pages (page.c) and by what is locked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/evacuate/evacuate.h"
#include "driver.h"
#include "explore.h"
#include "vm.h"

/* Pages lie from FIRST on; they move up, or below FIRST. */
#define FIRST 8
#define UP 40

static void start(unsigned int nr)
{
        driver_start();
        for (unsigned int i = 0; i < nr; i++)
                driver_make(&slots[i], FIRST + i);
}

static void one_page(void)
{
        start(1);
}

static void two_pages(void)
{
        start(2);
}

static void one_page_that_fails(void)
{
        start(1);
        driver.error = -EIO;
        driver.errors = 1;
}

static void one_page_tried_again(void)
{
        start(1);
        driver.error = -EAGAIN;
        driver.errors = 1;
}

static void no_page(void)
{
        start(0);
}

/* The page as it is after an evacuation, which leaves its mark on it. */
static void evacuated_page(void)
{
        struct memctl_evacuation ev = { .start = 0, .end = FIRST, .max = FIRST, .node = NUMA_NO_NODE };

        driver_start();
        driver_make(&slots[0], 0);
        run_check(memctl_evacuate(&ev) == 0 && ev.moved == 1);
        run_check(slots[0].page == &shim_pages[FIRST]);
}

static void finish(void)
{
        for (int i = 0; i < 4; i++)
                run_sleep(1); /* what is swept */
        driver_settled();
        driver_stop();
}

static void finish_unregistered(void)
{
        for (unsigned int i = 0; i < DRIVER_SLOTS; i++) {
                if (slots[i].handle)
                        put_page(slots[i].page);
        }
        driver_stopped();
}

static void vm_one(void)
{
        vm_compact(FIRST, FIRST, UP, 2);
}

static void vm_two(void)
{
        vm_compact(FIRST, FIRST + 1, UP, 2);
}

static void vm_down(void)
{
        vm_compact(FIRST + 1, FIRST + 1, 0, 1);
}

/* Isolates, and gives back untried. */
static void vm_untried(void)
{
        vm_compact(FIRST, FIRST, UP, 0);
}

/* The provider does not go away under the feet of making_late(). */
static void held_provider(void)
{
        start(0);
        kref_get(&driver.provider->ref);
}

static void evacuation(void)
{
        struct memctl_evacuation ev = {
                .start = FIRST, .end = FIRST + 2, .next = FIRST, .max = 2, .node = NUMA_NO_NODE,
        };

        run_check(memctl_evacuate(&ev) == 0);
        run_check(ev.next == ev.end);
}

static void freeing(void)
{
        driver_free(&slots[0]);
}

static void unmaking(void)
{
        driver_unmake(&slots[0]);
}

static void touching(void)
{
        driver_touch(&slots[0]);
}

static void pinning(void)
{
        driver_pin(&slots[0]);
}

static void making(void)
{
        driver_make(&slots[0], FIRST);
}

/* While the provider is being unregistered: no page then, or one whose handle is gone. */
static void making_late(void)
{
        struct page *page = shim_page_alloc(FIRST);
        struct memctl_page *handle;

        slots[0].page = page;
        handle = memctl_page_make(driver.provider, page, &slots[0]);
        run_check(!IS_ERR(handle) || PTR_ERR(handle) == -ESHUTDOWN);
        slots[0].handle = (void *) 1;
        memctl_provider_put(driver.provider);
}

static void unregistering(void)
{
        memctl_provider_unregister(driver.provider);
        for (unsigned int i = 0; i < DRIVER_SLOTS; i++)
                slots[i].dead = true;
}

/* Where the VM does not tell, a sweeper runs too, and the tree is larger. */
#define DEEP (SHIM_TELLS ? 3 : 2)

/* name, setup, finish, threads, bound, least */
static const struct explore explores[] = {
        { "vm, free", one_page, finish, { vm_one, freeing }, DEEP, 500 },
        { "vm, unmake", one_page, finish, { vm_one, unmaking }, DEEP, 500 },
        { "vm, touch", one_page, finish, { vm_one, touching }, DEEP, 500 },
        { "vm, pin", one_page, finish, { vm_one, pinning }, DEEP, 300 },
        { "vm of two, pin", two_pages, finish, { vm_two, pinning }, 2, 300 },
        { "evacuation, pin", one_page, finish, { evacuation, pinning }, DEEP, 300 },
        { "vm, make", no_page, finish, { vm_one, making }, DEEP, 100 },
        { "vm, vm", one_page, finish, { vm_one, vm_one }, 2, 500 },
        { "vm untried, free", one_page, finish, { vm_untried, freeing }, DEEP, 100 },
        { "vm untried, vm", one_page, finish, { vm_untried, vm_one }, DEEP, 500 },
        { "vm of two, free", two_pages, finish, { vm_two, freeing }, 2, 500 },
        { "vm of two, unmake", two_pages, finish, { vm_two, unmaking }, 2, 500 },
        { "vm of two, touch", two_pages, finish, { vm_two, touching }, 2, 400 },
        { "vm of two, vm of two", two_pages, finish, { vm_two, vm_two }, 2, 500 },
        { "vm, vm, free", one_page, finish, { vm_one, vm_one, freeing }, 1, 500 },
        { "vm fails, free", one_page_that_fails, finish, { vm_one, freeing }, DEEP, 500 },
        { "vm fails, unmake", one_page_that_fails, finish, { vm_one, unmaking }, 2, 500 },
        { "vm fails, vm", one_page_that_fails, finish, { vm_one, vm_one }, 2, 500 },
        { "vm tries again, free", one_page_tried_again, finish, { vm_one, freeing }, 2, 500 },
        { "vm tries again, touch", one_page_tried_again, finish, { vm_one, touching }, 2, 500 },
        { "evacuation, vm", one_page, finish, { evacuation, vm_one }, 2, 500 },
        { "evacuation, free", one_page, finish, { evacuation, freeing }, DEEP, 500 },
        { "evacuation, unmake", one_page, finish, { evacuation, unmaking }, DEEP, 500 },
        { "evacuation, touch", one_page, finish, { evacuation, touching }, DEEP, 300 },
        { "evacuation, evacuation", one_page, finish, { evacuation, evacuation }, 2, 100 },
        { "evacuation, vm, free", one_page, finish, { evacuation, vm_one, freeing }, 2, 500 },
        { "evacuation, vm, unmake", one_page, finish, { evacuation, vm_one, unmaking }, DEEP - 1, 500 },
        { "evacuation of two, vm of two", two_pages, finish, { evacuation, vm_two }, 2, 500 },
        { "evacuation fails, free", one_page_that_fails, finish, { evacuation, freeing }, 2, 500 },
        { "evacuated, vm, free", evacuated_page, finish, { vm_one, freeing }, 2, 500 },
        { "vm, unregister", one_page, finish_unregistered, { vm_one, unregistering }, 2, 500 },
        { "vm down, unregister", two_pages, finish_unregistered, { vm_down, unregistering }, 2, 500 },
        { "evacuation, unregister", one_page, finish_unregistered, { evacuation, unregistering }, 2, 500 },
        { "make, unregister", held_provider, finish_unregistered, { making_late, unregistering }, DEEP, 100 },
};

static void test_explore(void **state)
{
        const char *only = getenv("EXPLORE_ONLY");
        unsigned long orders = 0;

        (void) state;
        for (size_t i = 0; i < sizeof(explores) / sizeof(explores[0]); i++) {
                if (!only || !strcmp(only, explores[i].name))
                        orders += explore(&explores[i]);
        }
        printf("# all: %lu orders\n", orders);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_explore),
        };

        if (memctl_sweep_init() || memctl_pages_init())
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
