/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which method needs which polkit action: one table, by which calls are judged, and which docs/rights.md
 * shows.
 */
#ifndef MEMCTL_BUS_RIGHTS_H
#define MEMCTL_BUS_RIGHTS_H

#include <stddef.h>

struct right {
        const char *interface, *member;
        const char *action; /* NULL: anybody may */
        const char *more;   /* and who may do this, too, gets the rest of the answer; NULL: there is none */
};

/* All methods of our interfaces. Job.Cancel is there twice: it needs what starting such a job needs. */
extern const struct right rights[];
extern const size_t n_rights;

/* The first of that method, or NULL. */
const struct right *right_find(const char *interface, const char *member);

#endif
