/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver that checks what is asked of it: no two operations for a page at a time,
 * none for a page that it has freed or taken back, each page isolated once and
 * ended once, each round done once.
 */
#ifndef TESTS_KERNEL_DRIVER_H
#define TESTS_KERNEL_DRIVER_H

#include "kernel/provider/provider.h"

struct slot {
        struct memctl_page *handle; /* NULL: the driver has freed it or taken it back */
        struct page *page;
        struct run_lock lock; /* that touch and migrate take */
        int running;          /* operations */
        bool away;
        bool dead; /* no operation may come */
        bool mapped;
        unsigned int pins;
        unsigned int uncommitted; /* moved, and its round is not done */
        unsigned int isolated, moved, back, committed;
};

struct driver {
        struct memctl_provider *provider;
        int rounds, done;
        unsigned int largest; /* round */
        int error;       /* what migrate() answers */
        unsigned int errors; /* how often; then 0 */
        bool refuse;     /* isolate() says no */
        bool decline;    /* prepare() does, in mode ASYNC */
        unsigned int declined;
        bool moody;      /* both, now and then */
        unsigned int mood;
        unsigned int refused, failed, again; /* answers given */
        void (*inside)(struct slot *slot); /* called by migrate() */
};

#define DRIVER_SLOTS 48

extern struct driver driver;
extern struct slot slots[DRIVER_SLOTS];
extern const struct memctl_movable_ops driver_ops;

void driver_start(void);
/* A page at or above a pfn, made movable. */
void driver_make(struct slot *slot, unsigned long pfn);
void driver_free(struct slot *slot);
void driver_unmake(struct slot *slot);
void driver_touch(struct slot *slot);
/* Pins the page, checks that it stays while others go on, and lets it go. False: it could not be pinned. */
bool driver_pin(struct slot *slot);
/* Frees what is left, unregisters, and checks that nothing is left of all. */
void driver_stop(void);
void driver_stopped(void);
/* With nobody at work: what holds then. */
void driver_settled(void);

#endif /* TESTS_KERNEL_DRIVER_H */
