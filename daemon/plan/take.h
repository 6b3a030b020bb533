/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a fence takes beside free memory, and so what becomes of page cache. Pure.
 */
#ifndef MEMCTL_PLAN_TAKE_H
#define MEMCTL_PLAN_TAKE_H

#include "daemon/plan/offline_plan.h"

/*
 * Fills fence, take_used, take, cache and its figures, and the notes about them, of a plan whose steps are
 * there, in the order of the request's blocks.
 *
 * What a fence takes with what is in use there moves at once, except clean page cache, which is dropped,
 * mapped or not; all else moves as its block goes offline. So page blocks with page cache are taken or not
 * by the cache mode; and with take_used all others, too: where steps are to be short or slow, and where it
 * matters which node pages go to. What is mapped is in use and stays: "drop" leaves a page block alone when
 * more than an eighth of its cache is mapped, "auto" when more than that is mapped or hot. Where what is hot
 * has no room, "auto" drops as "drop". 0 or -ENOMEM.
 */
int take_decide(const struct snapshot *snapshot, const struct offline_request *request,
                struct offline_plan *plan);

/* Whether the clean page cache of a page block is dropped, all of it. */
bool take_drops(enum cache_mode mode, const struct cold_block *block);

#endif
