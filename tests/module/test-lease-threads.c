// SPDX-License-Identifier: GPL-2.0
/*
 * Takers by the thousand in real threads, watched by ThreadSanitizer: they let go, are
 * closed, or keep a lease past its time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lease.h"

#define TAKERS 4
#define TURNS 2000

static void *take(void *arg)
{
        unsigned int seed = 5 + (unsigned int) (size_t) arg;

        for (int i = 0; i < TURNS; i++) {
                struct sock *sock = lease_open();

                for (int n = 0; n < 3; n++) {
                        u64 id = lease_take(sock, 1 + (u32) n);

                        run_check(id);
                        seed = seed * 1103515245 + 12345;
                        if ((seed >> 16) % 3 == 0)
                                memctl_lease_release(sock, id);
                        else if ((seed >> 16) % 16 == 1)
                                lease_pass(2);
                }
                run_check(lease_number() <= 3 * TAKERS);
                lease_close(sock);
        }
        return NULL;
}

static void test_threads(void **state)
{
        pthread_t threads[TAKERS];

        (void) state;
        lease_start();
        for (size_t i = 0; i < TAKERS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, take, (void *) i), 0);
        for (size_t i = 0; i < TAKERS; i++)
                pthread_join(threads[i], NULL);
        printf("# %lu taken; %lu released, %lu closed, %lu expired; caches off %lu times\n", lease_counts.held,
               lease_counts.ended[MEMCTL_LEASE_RELEASED], lease_counts.ended[MEMCTL_LEASE_CLOSED],
               lease_counts.ended[MEMCTL_LEASE_EXPIRED], lease_counts.disabled);
        fflush(stdout);
        for (int cause = 0; cause < 3; cause++)
                run_check(lease_counts.ended[cause] > 100);
        lease_settled();
        memctl_leases_exit();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_threads),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
