/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The connection to memctl.ko on which memory is reserved: a reservation without a name lasts for as long as
 * it is open. One with a name is the module's, and does not mind its end.
 *
 * To reserve and to release block: for as long as it takes to find a place and to move away what is in it,
 * seconds or more. They are for a helper, which has the connection from who holds it open.
 */
#ifndef MEMCTL_MODULE_RESERVER_H
#define MEMCTL_MODULE_RESERVER_H

#include "daemon/module/reservation.h"
#include "daemon/module/reserver_wish.h"

struct reserver;

/*
 * Never waits for the kernel. 0 and *ret; -EOPNOTSUPP when memctl.ko is not loaded, or the tree is not the
 * running machine's; or -errno. Each with *message set (NULL when memory is short), fit for people.
 */
int reserver_new(const struct tree *tree, struct reserver **ret, char **message);
struct reserver *reserver_free(struct reserver *reserver);
DEFINE_CLEANUP(struct reserver *, reserver_free)

/* What a helper must have that is to use it. */
int reserver_fd(const struct reserver *reserver);

/*
 * Reserves; on_step, if not NULL, is called whenever a place was tried. 0 and *ret; -EINVAL, -EEXIST,
 * -ENOENT, -ENOSPC, -EBUSY, -ENOMEM, -EOPNOTSUPP as in uapi/memctl_contig.h, -EPERM without CAP_SYS_ADMIN,
 * or another -errno; each with *message set (NULL when memory is short).
 */
int reserver_reserve(struct reserver *reserver, const struct reserver_wish *wish,
                     void (*on_step)(uint64_t places), struct reservation_step *ret, char **message);

/* Ends one that was made on it, or one with a name. 0; -ENOENT: there is none (any more); or -errno. */
int reserver_release(struct reserver *reserver, uint64_t id, char **message);

/*
 * Joins ranges with the least between them until there are at most max of them, which is not 0: n of them,
 * ascending and apart. Returns how many are left. Pure.
 */
size_t reserver_join(struct pfn_range *ranges, size_t n, size_t max);

#endif
