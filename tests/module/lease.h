/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of leases: a kernel that has LRU caches, and sockets. The kernel checks
 * that it is called once for all leases; the events, that each lease is told of once.
 */
#ifndef TESTS_KERNEL_LEASE_H
#define TESTS_KERNEL_LEASE_H

#include <linux/ktime.h>
#include <net/sock.h>

#include "kernel/lease/lease.h"

struct lease_counts {
        unsigned long held, ended[3]; /* events; by cause */
        unsigned long disabled;       /* times that the caches were turned off */
};

extern struct lease_counts lease_counts;
extern const char *lease_refusal; /* of the kernel; NULL: it can do that */

/* A clock at 0 and no counts; no lease is held. */
void lease_start(void);

/* All that were taken have ended, and the kernel's count is what it was. */
void lease_settled(void);

/* The id of a lease that was taken, the caches being empty; 0 with errno set. */
u64 lease_take(struct sock *sock, u32 seconds);

struct sock *lease_open(void);

/* As the kernel closes one: it is dead, netlink says so, its reference goes. */
void lease_close(struct sock *sock);

/* Seconds go by. */
void lease_pass(unsigned int seconds);

/* How many are held now. */
int lease_number(void);

#endif /* TESTS_KERNEL_LEASE_H */
