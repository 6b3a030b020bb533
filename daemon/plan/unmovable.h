/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pages of a survey keep their blocks. Pure.
 */
#ifndef MEMCTL_PLAN_UNMOVABLE_H
#define MEMCTL_PLAN_UNMOVABLE_H

#include "daemon/plan/advice.h"

/* A driver's name where the survey has one, else a word for the class: "slab", "anon", "kernel". Never NULL.
 */
const char *pages_owner_name(const struct survey *survey, uint16_t owner, enum memctl_class class);

/*
 * Who has most of what is left in a block that cannot be emptied: of the pages that do not move, where there
 * are any, else of all in use. NULL: nothing is in use. The name lives as long as the survey.
 */
const char *block_main_owner(const struct survey *survey, uint32_t block);

/* Pages of one class and owner, all orders together. */
struct owned_pages {
        uint32_t block; /* or UINT32_MAX: of all blocks of the survey */
        uint16_t owner; /* as in the survey */
        uint8_t class;
        uint64_t pages;
};

/*
 * All pages of a survey that do not move, or of which that cannot be told, and those locked in memory, by
 * class and owner, ascending. *ret is to be freed. 0 or -ENOMEM.
 */
int unmovable_owners(const struct survey *survey, struct owned_pages **ret, size_t *ret_n);

/*
 * The pages that certainly keep their blocks, by block, class and owner: what a plan is refused for.
 * Reserved pages are not among them: the page structs of an added DIMM, which go with it, look the same.
 * *ret is to be freed. 0 or -ENOMEM.
 */
int unmovable_certain(const struct survey *survey, struct owned_pages **ret, size_t *ret_n);

#endif
