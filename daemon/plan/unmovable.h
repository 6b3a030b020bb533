/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pages of a survey keep their blocks. Pure.
 */
#ifndef MEMCTL_PLAN_UNMOVABLE_H
#define MEMCTL_PLAN_UNMOVABLE_H

#include "daemon/plan/advice.h"

/* A driver's name where the survey has one, else a word for the class: "slab", "anon", "kernel". Never NULL. */
const char *pages_owner_name(const struct survey *survey, uint16_t owner, enum memctl_class class);

/*
 * Who has most of what is left in a block that cannot be emptied: of the pages that do not move, where there
 * are any, else of all in use. NULL: nothing is in use. The name lives as long as the survey.
 */
const char *block_main_owner(const struct survey *survey, uint32_t block);

#endif
