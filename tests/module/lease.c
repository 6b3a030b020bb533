// SPDX-License-Identifier: GPL-2.0
#include "lease.h"

#include <linux/workqueue.h>

#include "kernel/event.h"
#include "kernel/mm/lru_disable.h"

#define IDS 65536 /* more than are given while one is held */

struct workqueue_struct *memctl_queue;
struct lease_counts lease_counts;
const char *lease_refusal;

static int kernel_count, kernel_empty;
static enum { NEVER, HOLDS, ENDS } told[IDS];

const char *memctl_mm_lru_refusal(void)
{
        return lease_refusal;
}

/* Others go on while the caches are being emptied. */
void memctl_mm_lru_disable(void)
{
        run_check(!lease_refusal);
        run_check(__atomic_fetch_add(&kernel_count, 1, __ATOMIC_SEQ_CST) == 0);
        run_point();
        lease_counts.disabled++;
        __atomic_store_n(&kernel_empty, 1, __ATOMIC_SEQ_CST);
}

void memctl_mm_lru_enable(void)
{
        run_check(__atomic_exchange_n(&kernel_empty, 0, __ATOMIC_SEQ_CST) == 1);
        run_check(__atomic_sub_fetch(&kernel_count, 1, __ATOMIC_SEQ_CST) == 0);
}

void memctl_netlink_lease(enum memctl_command event, const struct memctl_lease_info *info,
                          enum memctl_lease_cause cause)
{
        run_check(info->id != 0);
        if (event == MEMCTL_C_LRU_HELD) {
                run_check(told[info->id % IDS] != HOLDS);
                run_check(kernel_empty);
                told[info->id % IDS] = HOLDS;
                lease_counts.held++;
                return;
        }
        run_check(event == MEMCTL_C_LRU_ENDED);
        run_check(told[info->id % IDS] == HOLDS);
        run_check(cause != MEMCTL_LEASE_EXPIRED || !info->left);
        told[info->id % IDS] = ENDS;
        lease_counts.ended[cause]++;
}

void lease_start(void)
{
        run_sleep(1); /* a look that is still to come */
        __atomic_store_n(&shim_time, 0, __ATOMIC_RELAXED);
        lease_counts = (struct lease_counts){};
        lease_refusal = NULL;
}

static int count(const struct memctl_lease_info *info, void *data)
{
        run_check(info->id && told[info->id % IDS] == HOLDS);
        ++*(int *) data;
        return 0;
}

int lease_number(void)
{
        int number = 0;

        run_check(memctl_leases_each(count, &number) == 0);
        return number;
}

void lease_settled(void)
{
        run_check(lease_number() == 0);
        run_check(!__atomic_load_n(&kernel_count, __ATOMIC_SEQ_CST));
        run_check(!__atomic_load_n(&kernel_empty, __ATOMIC_SEQ_CST));
        run_check(lease_counts.held ==
                  lease_counts.ended[0] + lease_counts.ended[1] + lease_counts.ended[2]);
}

u64 lease_take(struct sock *sock, u32 seconds)
{
        struct memctl_lease_info info = { .pid = 7, .comm = "taker" };
        int err = memctl_lease_take(sock, &info, seconds);

        if (err) {
                errno = -err;
                return 0;
        }
        run_check(info.pid == 7 && strcmp(info.comm, "taker") == 0);
        run_check(info.left <= seconds * NSEC_PER_SEC);
        return info.id;
}

struct sock *lease_open(void)
{
        struct sock *sock = calloc(1, sizeof(*sock));

        run_check(sock);
        sock->refcount = 1;
        return sock;
}

void lease_close(struct sock *sock)
{
        __atomic_store_n(&sock->dead, 1, __ATOMIC_RELEASE);
        run_point();
        memctl_leases_closed();
        sock_put(sock);
}

void lease_pass(unsigned int seconds)
{
        __atomic_add_fetch(&shim_time, (ktime_t) (seconds * NSEC_PER_SEC), __ATOMIC_RELAXED);
        run_sleep(1);
}
