/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The daemon as its interfaces see it: what they all share.
 */
#ifndef MEMCTL_BUS_CONTEXT_H
#define MEMCTL_BUS_CONTEXT_H

#include "daemon/bus/context/callers.h"
#include "daemon/core/quota.h"
#include "daemon/module/provider.h"
#include "daemon/module/reservation.h"
#include "daemon/onlining/onlining.h"
#include "daemon/operation/operation.h"
#include "daemon/pages/cma.h"
#include "daemon/policy/policy.h"

#include <systemd/sd-bus.h>

struct auth_check;
struct changes;
struct client_lease;
struct client_reservation;
struct cma_told;
struct job_owner;
struct pending;
struct reserving_queue;
struct told;

struct server {
        struct machine *machine;
        struct registry *registry;
        sd_bus *bus;
        struct provider_list providers; /* as of the last look (provider.c) */
        struct cma_areas cma_areas;     /* likewise (cma.c) */
        struct reservation_list reserved; /* likewise (reservation.c) */
        struct client_lease *leases;    /* on the LRU caches, for clients (client_lease.c) */
        struct client_reservation *reservations; /* of clients (client_reservation.h) */
        struct reserving_queue *reserving;       /* where they wait for their turn */
        struct pending *pending;        /* calls to be answered later (pending.h) */
        struct changes *changes;        /* sums that are to be told (changes.h) */
        struct told *told;              /* what listeners know of jobs (told.h) */
        struct policy *policy;          /* what memctld compacts by itself */
        struct onlining *onlining;      /* what it does about new memory */
        struct cma_told *cma;           /* failures of CMA that are to be told; NULL: nobody listens */
        struct auth_check *checks;      /* calls that polkit is asked about (auth.c) */
        struct job_owner *owners;       /* of jobs that run (job_owner.h) */
        struct quota quota;             /* by enum caller_has */
        struct callers callers;         /* who has called (caller.h) */
        bool private;  /* a socket pair to the one who started us: no polkit, end with the caller */
        bool lost;     /* the system bus is gone: the loop fails when the last job is over */
        bool stopping; /* no new jobs; the loop ends when the last one is over */
        sd_event_source *stop_tick; /* or when none of them gets on for so long */
        size_t stop_records;        /* how far they were when that was last looked at */
};

static inline struct snapshot *server_snapshot(struct server *server)
{
        return monitor_snapshot(server->machine->monitor);
}

#endif
