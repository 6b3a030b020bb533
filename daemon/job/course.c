/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/course.h"

#include <assert.h>
#include <stdio.h>

void (*course_witness)(const struct course_table *table, int state, int event, int next);

int course_next(const struct course_table *table, int state, int event)
{
        for (size_t i = 0; i < table->n_rows; i++)
                if (table->rows[i].state == state && table->rows[i].event == event)
                        return table->rows[i].next;
        return COURSE_NO_ROW;
}

static int enter(struct course *course, int state)
{
        course->state = state;
        return course->table->states[state].enter ? course->table->states[state].enter(course->userdata) :
                                                    COURSE_LATER;
}

/* The next state's event, if that follows at once. */
static int step(struct course *course, int event, bool *ret_known)
{
        const struct course_table *table = course->table;
        int next = course_next(table, course->state, event);

        if (course_witness)
                course_witness(table, course->state, event, next);
        *ret_known = next != COURSE_NO_ROW;
        if (!*ret_known)
                (void) fprintf(stderr, "memctld: a fault of memctld: \"%s\" while %s\n",
                               table->events[event], table->states[course->state].name);
        if (next < 0)
                return COURSE_LATER;
        if (table->states[course->state].leave)
                table->states[course->state].leave(course->userdata);
        return enter(course, next);
}

/* On from an event, as far as it goes at once. */
static bool move(struct course *course, int event)
{
        bool known = true, all_known = true;

        course->moving = true;
        while (event != COURSE_LATER) {
                event = step(course, event, &known);
                all_known = all_known && known;
                if (event == COURSE_LATER) {
                        event = course->posted;
                        course->posted = COURSE_LATER;
                }
        }
        course->moving = false;
        return all_known;
}

void course_begin(struct course *course, const struct course_table *table, void *userdata, int state)
{
        int event;

        *course = (struct course){
                .table = table, .userdata = userdata, .posted = COURSE_LATER, .moving = true
        };
        event = enter(course, state);
        (void) move(course, event);
}

bool course_post(struct course *course, int event)
{
        if (!course->moving)
                return move(course, event);
        assert(course->posted == COURSE_LATER);
        course->posted = event;
        return true;
}
