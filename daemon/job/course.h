/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The course of an operation: states, events, and one table that says which state follows which. Entering a
 * state begins what is to be done there; when that is over, or somebody wants something else, an event is
 * posted, and the table's row for state and event names the next state. Pure but for the functions of the
 * table.
 */
#ifndef MEMCTL_JOB_COURSE_H
#define MEMCTL_JOB_COURSE_H

#include <stdbool.h>
#include <stddef.h>

/* In a row: the event is known here and changes nothing. From enter(): what comes next comes later. */
#define COURSE_STAY (-1)
#define COURSE_LATER (-1)

struct course_state {
        const char *name;
        /* Begins; the event that follows at once, or COURSE_LATER where one is or will be posted. */
        int (*enter)(void *userdata);
        /* Ends what is under way; NULL: nothing can be. */
        void (*leave)(void *userdata);
};

struct course_row {
        int state, event, next;
};

struct course_table {
        const struct course_state *states;
        size_t n_states;
        const char *const *events; /* their names */
        size_t n_events;
        const struct course_row *rows;
        size_t n_rows;
};

struct course {
        const struct course_table *table;
        void *userdata; /* of the states' functions */
        int state;
        bool moving; /* from one state to the next */
        int posted;  /* meanwhile, or COURSE_LATER: what was begun may be over before its begin returns */
};

void course_begin(struct course *course, const struct course_table *table, void *userdata, int state);

/*
 * What happened: goes to the next state, and on from there while states say what follows at once. False: the
 * table has no row for it, and nothing happened; that is a fault of the table's, which is said on stderr.
 */
bool course_post(struct course *course, int event);

/* For tests: told of each event before it is carried out, where set. */
extern void (*course_witness)(const struct course_table *table, int state, int event, int next);

/* The next state; COURSE_STAY; or -2: the table has no row. */
#define COURSE_NO_ROW (-2)
int course_next(const struct course_table *table, int state, int event);

#endif
