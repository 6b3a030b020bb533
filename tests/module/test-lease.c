// SPDX-License-Identifier: GPL-2.0
/*
 * Each way through a lease's life, and every order in which a few of them meet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <linux/slab.h>

#include "explore.h"
#include "lease.h"

static void test_released(void **state)
{
        struct sock *a = lease_open(), *b = lease_open();
        u64 first, second;

        (void) state;
        lease_start();
        first = lease_take(a, 5);
        second = lease_take(b, 5);
        assert_true(first && second > first);
        assert_int_equal(lease_number(), 2);
        assert_int_equal(memctl_lease_release(a, second), -ENOENT); /* another's */
        assert_int_equal(memctl_lease_release(b, 0), -ENOENT);
        assert_int_equal(memctl_lease_release(b, second), 0);
        assert_int_equal(memctl_lease_release(b, second), -ENOENT);
        assert_int_equal(memctl_lease_release(a, first), 0);
        assert_int_equal(lease_counts.disabled, 1);
        lease_settled();

        first = lease_take(a, 5); /* anew */
        assert_int_equal(memctl_lease_release(a, first), 0);
        assert_int_equal(lease_counts.disabled, 2);
        assert_int_equal(lease_counts.ended[MEMCTL_LEASE_RELEASED], 3);
        lease_close(a);
        lease_close(b);
        lease_settled();
}

static void test_closed(void **state)
{
        struct sock *a = lease_open(), *b = lease_open();

        (void) state;
        lease_start();
        assert_true(lease_take(a, 5) && lease_take(b, 5) && lease_take(a, 5));
        lease_close(a);
        assert_int_equal(lease_counts.ended[MEMCTL_LEASE_CLOSED], 2);
        assert_int_equal(lease_number(), 1);
        lease_close(b);
        assert_int_equal(lease_counts.ended[MEMCTL_LEASE_CLOSED], 3);
        assert_int_equal(lease_counts.disabled, 1);
        lease_settled();
}

/* Another socket, which may have the port id of the first by now, is not taken for it. */
static void test_closed_late(void **state)
{
        struct sock *old = lease_open(), *new = lease_open();
        u64 id, kept;

        (void) state;
        lease_start();
        id = lease_take(old, 5);
        old->dead = 1;
        kept = lease_take(new, 5);
        assert_int_equal(memctl_lease_release(new, id), -ENOENT);
        lease_close(old);
        assert_int_equal(lease_number(), 1);
        assert_int_equal(memctl_lease_release(new, kept), 0);
        lease_close(new);
        lease_settled();
}

static void test_expired(void **state)
{
        struct sock *a = lease_open();
        u64 shorter;

        (void) state;
        lease_start();
        assert_true(lease_take(a, 9));
        shorter = lease_take(a, 2);
        lease_pass(1);
        assert_int_equal(lease_number(), 2);
        lease_pass(1);
        assert_int_equal(lease_number(), 1);
        assert_int_equal(memctl_lease_release(a, shorter), -ENOENT);
        lease_pass(6);
        assert_int_equal(lease_number(), 1);
        lease_pass(1);
        assert_int_equal(lease_counts.ended[MEMCTL_LEASE_EXPIRED], 2);
        lease_settled();
        lease_close(a);
        assert_int_equal(lease_counts.ended[MEMCTL_LEASE_CLOSED], 0);
        lease_settled();
}

static void test_refused(void **state)
{
        struct sock *a = lease_open();

        (void) state;
        lease_start();
        lease_refusal = "there are none";
        assert_int_equal(lease_take(a, 5), 0);
        assert_int_equal(errno, EOPNOTSUPP);
        lease_refusal = NULL;
        shim_memory_left = 0;
        assert_int_equal(lease_take(a, 5), 0);
        assert_int_equal(errno, ENOMEM);
        shim_memory_left = -1;
        for (int i = 0; i < MEMCTL_LEASES_MAX; i++)
                assert_true(lease_take(a, 5));
        assert_int_equal(lease_take(a, 5), 0);
        assert_int_equal(errno, ENOSPC);
        assert_int_equal(a->refcount, 1 + MEMCTL_LEASES_MAX);
        lease_close(a);
        assert_int_equal(lease_counts.ended[MEMCTL_LEASE_CLOSED], MEMCTL_LEASES_MAX);
        assert_int_equal(lease_counts.disabled, 1);
        lease_settled();
}

static struct sock *shared;
static u64 shared_id; /* of its lease */

static void taken_and_closed(void)
{
        struct sock *sock = lease_open();

        run_check(lease_take(sock, 2));
        lease_close(sock);
}

static void taken_and_released(void)
{
        struct sock *sock = lease_open();
        u64 id = lease_take(sock, 2);
        int err = memctl_lease_release(sock, id);

        run_check(err == 0 || err == -ENOENT); /* it may have lasted its time */
        lease_close(sock);
}

static void shared_released(void)
{
        int err = memctl_lease_release(shared, shared_id);

        run_check(err == 0 || err == -ENOENT);
}

static void shared_closed(void)
{
        lease_close(shared);
}

static void time_passes(void)
{
        __atomic_add_fetch(&shim_time, (ktime_t) (3 * NSEC_PER_SEC), __ATOMIC_RELAXED);
        run_point();
}

static void setup_none(void)
{
        lease_start();
}

static void setup_shared(void)
{
        lease_start();
        shared = lease_open();
        shared_id = lease_take(shared, 2);
        run_check(shared_id);
}

static void finish(void)
{
        lease_pass(3); /* what is armed runs */
        lease_settled();
        run_check(lease_counts.disabled >= 1);
}

/* The last close may have been none of the threads'. */
static void finish_shared(void)
{
        lease_close(shared);
        finish();
}

static const struct explore orders[] = {
        { "two takers", setup_none, finish, { taken_and_closed, taken_and_released }, 3, 10000 },
        { "three takers", setup_none, finish,
          { taken_and_closed, taken_and_released, taken_and_closed }, 2, 10000 },
        { "taken while it expires", setup_none, finish,
          { taken_and_closed, taken_and_released, time_passes }, 2, 5000 },
        { "released twice while it expires", setup_shared, finish_shared,
          { shared_released, shared_released, time_passes, taken_and_closed }, 2, 30000 },
        { "closed while it expires", setup_shared, finish,
          { shared_closed, time_passes, taken_and_released }, 3, 70000 },
};

static void test_orders(void **state)
{
        (void) state;
        for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
                assert_true(explore(&orders[i]) >= orders[i].least);
}

/* The last test: nothing can be taken any more. */
static void test_module_goes(void **state)
{
        struct sock *a = lease_open(), *b = lease_open();

        (void) state;
        lease_start();
        assert_true(lease_take(a, 5) && lease_take(b, 5) && lease_take(b, 2));
        memctl_leases_exit();
        assert_int_equal(lease_number(), 0);
        assert_int_equal(lease_counts.ended[MEMCTL_LEASE_RELEASED], 0); /* without events */
        assert_int_equal(lease_take(a, 5), 0);
        assert_int_equal(errno, ESHUTDOWN);
        assert_int_equal(a->refcount + b->refcount, 2);
        lease_counts.held = 0;
        lease_close(a);
        lease_close(b);
        lease_settled();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_released),
                cmocka_unit_test(test_closed),
                cmocka_unit_test(test_closed_late),
                cmocka_unit_test(test_expired),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_orders),
                cmocka_unit_test(test_module_goes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
