/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls to memctld about reservations of contiguous memory, and what is shown of them.
 */
#ifndef MEMCTL_CLI_RESERVE_H
#define MEMCTL_CLI_RESERVE_H

#include "cli/daemon/value.h"
#include "cli/run/context.h"

struct reserve_wanted {
        uint64_t size, align; /* bytes; align: 0: a page */
        int node;             /* -1: any */
        bool movable;
        const char *name, *area; /* NULL: none */
};

/* What was reserved, as Manager.Reserve answers. An exit status. */
int reserve_call(struct context *context, const struct reserve_wanted *wanted, json_object **ret);

/* All reservations, as Manager.ListReservations answers. An exit status. */
int reservations_get(struct context *context, json_object **ret);

/* The same, for who can do without: asks for no password, says nothing, and NULL where they are not told. */
json_object *reservations_try(struct context *context);

/*
 * Sets how much is kept ready, of a node (-1: any), as Manager.SetWarmReserve answers; bytes NULL: what
 * there is, as GetWarmReserve does. An exit status.
 */
int warm_call(struct context *context, const uint64_t *bytes, int node, json_object **ret);

/* A row of it as JSON: the keys of docs/json.md. The caller's. */
json_object *reservation_row(json_object *reservation);

/* Microseconds as seconds, with the digits that are known; NULL (null) where they are missing. */
json_object *reservation_seconds(json_object *reservation, const char *name);

#endif
