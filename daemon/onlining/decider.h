/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who else decides what becomes of new memory: the kernel itself (auto_online_blocks), udev's rules of the
 * distribution or of others, daxctl, agents of the hypervisor. For a helper; the struct goes through a pipe
 * as it is.
 */
#ifndef MEMCTL_ONLINING_DECIDER_H
#define MEMCTL_ONLINING_DECIDER_H

#include "daemon/onlining/config.h"

enum decider_kind { DECIDER_KERNEL, DECIDER_UDEV, DECIDER_DAXCTL, DECIDER_AGENT, _DECIDER_MAX };

const char *decider_kind_name(enum decider_kind kind); /* "udev" */

struct decider {
        enum decider_kind kind;
        char source[ONLINE_PLACE_MAX]; /* "/usr/lib/udev/rules.d/40-redhat.rules:12" */
        char does[160];                /* for people: "brings new blocks online: online_movable" */
        bool acts;                     /* by itself, as things are: what it is for is left to it */
        char driver[16];               /* of memory that this driver brings; "": of all */
};

#define DECIDERS_MAX 16

struct deciders {
        struct decider items[DECIDERS_MAX];
        size_t n;
};

/* The first that acts on such memory; NULL: none. driver: new_memory_driver(). */
const struct decider *deciders_find(const struct deciders *deciders, const char *driver);

/* For people: "udev's rule /usr/lib/udev/rules.d/40-redhat.rules:12". */
#define DECIDER_TEXT_MAX 448
const char *decider_text(const struct decider *decider, char ret[static DECIDER_TEXT_MAX]);

/* Another one, with nothing but its kind; where there is no room for it, one that is in no list. */
struct decider *deciders_add(struct deciders *deciders, enum decider_kind kind);

#endif
