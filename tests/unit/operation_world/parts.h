/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the world share.
 */
#ifndef MEMCTL_TESTS_UNIT_OPERATION_WORLD_PARTS_H
#define MEMCTL_TESTS_UNIT_OPERATION_WORLD_PARTS_H

#include "operation_world/world.h"
#include "tree.h"

#define BLOCK_SIZE (UINT64_C(128) << 20)

/* True once in so many times. */
bool world_chance(uint32_t one_in);

/* Comes once, so many microseconds from now; ends by sd_event_source_disable_unref(). */
struct sd_event_source *world_timer(uint64_t usec, sd_event_time_handler_t handler, void *userdata);
void world_assert_no_timers(void);

struct world_block *world_block(uint32_t number);

/* A node's pool, and its number is written; whole: nothing ends that before it is over. */
struct world_pool *world_pool(unsigned int node);
void world_pool_write(struct world_pool *pool, uint64_t number, bool whole);

#endif
