/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks go offline before a fence is raised. Pure.
 */
#ifndef MEMCTL_PLAN_FIRST_H
#define MEMCTL_PLAN_FIRST_H

#include "daemon/plan/offline_plan.h"

/*
 * A fence has the kernel take, and on most clear, each free page, which is wasted on a block that is all but
 * empty: what moves out of it is little, and so is what of that moves again. Marks the first steps of a
 * plan, in the order to go, whose pages in use make up no more than a small part of all. None where the
 * usage of a block is not known, or the load on the machine is bounded: without a fence a block is emptied
 * in one step.
 */
void first_decide(const struct offline_request *request, struct offline_plan *plan);

#endif
