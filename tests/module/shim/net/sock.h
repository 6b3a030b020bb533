/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets: counted, and dead once they are closed. */
#ifndef SHIM_NET_SOCK_H
#define SHIM_NET_SOCK_H

#include <linux/kernel.h>

#define SOCK_DEAD 0

struct sock {
        int refcount;
        int dead;
};

static inline void sock_hold(struct sock *sock)
{
        run_check(__atomic_fetch_add(&sock->refcount, 1, __ATOMIC_RELAXED) > 0);
}

/* Sockets are freed, so that AddressSanitizer sees one that is used too long. */
static inline void sock_put(struct sock *sock)
{
        if (__atomic_sub_fetch(&sock->refcount, 1, __ATOMIC_ACQ_REL) == 0)
                free(sock);
}

static inline bool sock_flag(struct sock *sock, int flag)
{
        (void) flag;
        return __atomic_load_n(&sock->dead, __ATOMIC_ACQUIRE);
}

#endif /* SHIM_NET_SOCK_H */
