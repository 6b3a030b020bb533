/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Providers: drivers whose pages memctl.ko makes movable, and how moving them has gone so far. All figures
 * are since the provider's registration.
 */
#ifndef MEMCTL_MODULE_PROVIDER_H
#define MEMCTL_MODULE_PROVIDER_H

#include "daemon/machine/tree.h"
#include "daemon/module/netlink.h"
#include "basic/cleanup.h"

#include <stddef.h>

#define PROVIDER_NAME_MAX 31 /* bytes, without the NUL */

/* What is taken from the kernel at most; more than this is no honest answer. */
#define PROVIDERS_MAX         4096
#define PROVIDER_FAILURES_MAX 16

struct provider_failure {
        int error; /* a positive errno; 0: all that the module does not tell apart */
        uint64_t count;
};

struct provider {
        char name[PROVIDER_NAME_MAX + 1];
        uint64_t pages;               /* movable now */
        uint64_t isolated;            /* of them, taken by the VM or by us */
        uint64_t migrated;            /* moved */
        uint64_t retried;             /* times that a migration was to be tried again */
        uint64_t refused;             /* times that the driver did not let go of a page */
        uint64_t failed;              /* migrations given up */
        uint64_t batches;             /* rounds prepared */
        uint64_t bytes;               /* moved */
        uint64_t longest_pause_nsecs; /* that a round kept the driver's device waiting */
        struct provider_failure failures[PROVIDER_FAILURES_MAX];
        size_t n_failures;
};

struct provider_list {
        struct provider *providers; /* in order of registration */
        size_t n_providers;
        size_t size; /* allocated */
};

/* 1 and *ret; 0: there is no memctl.ko (module.h); -errno with *message set. */
int provider_list_read(const struct tree *tree, struct provider_list *ret, char **message);
void provider_list_clear(struct provider_list *list);

/* NULL when there is none. */
const struct provider *provider_list_find(const struct provider_list *list, const char *name);

/* [a-z0-9_-], 1 to PROVIDER_NAME_MAX of them */
bool provider_name_is_valid(const char *name);

/* One message of the answer to MEMCTL_C_PROVIDER; 0 or -EBADMSG with *message set. */
int provider_parse(struct nlmsghdr *header, struct provider *ret, char **message);

#endif
