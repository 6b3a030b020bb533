/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/internal.h"

#include "basic/clock.h"
#include "daemon/machine/block.h"
#include "daemon/onlining/machine.h"
#include "daemon/onlining/say.h"
#include "daemon/operation/operation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* The monitor reads nodes and DIMMs for the last time ten seconds behind the last block that came. */
#define KNOWN_USEC (11 * USEC_PER_SEC)

/* Until then it is looked again and again. */
#define AGAIN_USEC USEC_PER_SEC

/* One round. */
struct round {
        struct onlining *onlining;
        const struct snapshot *snapshot;
        struct online_machine machine;
        uint64_t now, next; /* next: in so many microseconds there is more to do */
};

static void wait_for(struct round *round, uint64_t usec)
{
        if (usec < round->next)
                round->next = usec;
}

/* What is gone, and what was plugged in its place, is not what came. */
static void drop_gone(struct round *round)
{
        struct seen *seen = &round->onlining->seen;

        for (size_t i = seen->n_pending; i > 0; i--) {
                const struct arrival *arrival = &seen->pending[i - 1];

                if (!snapshot_find_block(round->snapshot, arrival->block) ||
                    block_identity(round->onlining->machine->tree, arrival->block) != arrival->identity)
                        seen_remove(seen, arrival->block);
        }
}

static void drop_all(struct onlining *onlining, const uint32_t *blocks, size_t n)
{
        for (size_t i = 0; i < n; i++)
                seen_remove(&onlining->seen, blocks[i]);
}

/* What jobs bring online just now is there as good as already. */
static void count_running(struct round *round)
{
        const struct handled_list *list = &round->onlining->handled;

        for (size_t i = 0; i < list->n; i++) {
                const struct handled *handled = &list->items[i];

                for (size_t j = 0; handled->state == HANDLED_RUNNING && j < handled->n_blocks; j++) {
                        const struct memory_block *block =
                                snapshot_find_block(round->snapshot, handled->blocks[j]);
                        uint64_t *bytes = handled->target == TARGET_MOVABLE ? &round->machine.movable_bytes
                                                                            : &round->machine.kernel_bytes;

                        if (block && block->state == BLOCK_OFFLINE)
                                *bytes += round->snapshot->block_size;
                }
        }
}

/* Those of which nothing came: they were taken out meanwhile. */
static void end_gone(struct round *round)
{
        struct handled_list *list = &round->onlining->handled;

        for (size_t i = 0; i < list->n; i++) {
                struct handled *handled = &list->items[i];
                bool any = false;

                for (size_t j = 0; j < handled->n_blocks; j++)
                        any |= seen_has(&round->onlining->seen, handled->blocks[j]);
                if (any || handled->state != HANDLED_WAITING)
                        continue;
                handled->state = HANDLED_GONE;
                onlining_say_outcome(handled);
        }
}

static struct handled *take(struct round *round, const struct newcomer *newcomer)
{
        struct handled *handled = handled_take(&round->onlining->handled, newcomer);

        if (!handled)
                wait_for(round, AGAIN_USEC);
        return handled;
}

/* Somebody was faster. */
static void take_there(struct round *round, const struct newcomer *newcomer)
{
        struct handled *handled = take(round, newcomer);
        const struct decider *decider =
                deciders_find(&round->onlining->deciders, new_memory_driver(&newcomer->memory));
        char text[DECIDER_TEXT_MAX];

        if (!handled)
                return;
        handled->state = HANDLED_THERE;
        handled->bytes = newcomer->n_online * round->snapshot->block_size;
        handled->target = newcomer->online_in;
        handled->why = WHY_OTHERS;
        (void) snprintf(handled->reason, sizeof(handled->reason),
                        "it was online already, and is left as it is; by %.440s",
                        decider ? decider_text(decider, text) : "whom is not known");
        drop_all(round->onlining, newcomer->online, newcomer->n_online);
        if (round->onlining->config.enabled)
                onlining_say_decision(handled, &round->machine);
}

static int start_job(struct round *round, const struct newcomer *newcomer, struct handled *handled)
{
        struct onlining *onlining = round->onlining;
        const struct block_set blocks = { newcomer->offline, newcomer->n_offline };
        const struct operation_request request = {
                .verb = newcomer->memory.dimm[0] ? JOB_DIMM_ONLINE : JOB_BLOCK_ONLINE,
                .target = newcomer->memory.dimm[0] ? newcomer->memory.dimm : newcomer->text,
                .blocks = &blocks,
                .dimm = newcomer->memory.dimm[0] ? newcomer->memory.dimm : NULL,
                .zone = handled->target == TARGET_MOVABLE ? ONLINE_MOVABLE : ONLINE_KERNEL,
        };
        _cleanup_free_ char *message = NULL;
        struct job *job = NULL;
        int r;

        handled->blocks = malloc(newcomer->n_offline * sizeof(*handled->blocks));
        if (!handled->blocks)
                return -ENOMEM;
        memcpy(handled->blocks, newcomer->offline, newcomer->n_offline * sizeof(*handled->blocks));
        handled->n_blocks = newcomer->n_offline;
        r = operation_start(onlining->registry, onlining->machine, &request, &job, &message);
        if (r < 0) {
                (void) snprintf(handled->error, sizeof(handled->error), "%s",
                                message ? message : strerror(-r));
                return r;
        }
        handled->state = HANDLED_RUNNING;
        handled->job = job->id;
        return 0;
}

static void decide(struct round *round, const struct newcomer *newcomer)
{
        struct onlining *onlining = round->onlining;
        const struct decider *decider =
                deciders_find(&onlining->deciders, new_memory_driver(&newcomer->memory));
        struct handled *handled = take(round, newcomer);
        char text[DECIDER_TEXT_MAX];
        const char *others = decider ? decider_text(decider, text) : NULL;
        struct online_verdict verdict;

        if (!handled)
                return;
        verdict = online_decide(&onlining->config, &newcomer->memory, &round->machine, others, false);
        handled->target = verdict.target;
        handled->wanted = verdict.wanted;
        handled->why = verdict.why;
        online_reason(&verdict, &newcomer->memory, &round->machine, others, handled->reason);
        handled->state = HANDLED_LEFT;
        drop_all(onlining, newcomer->online, newcomer->n_online);
        if (verdict.target == TARGET_OFFLINE) {
                drop_all(onlining, newcomer->offline, newcomer->n_offline);
        } else if (start_job(round, newcomer, handled) < 0) {
                handled_fail(handled, round->now);
                wait_for(round, handled->wait_until - round->now);
        }
        if (verdict.why != WHY_OFF)
                onlining_say_decision(handled, &round->machine);
        if (handled->state == HANDLED_FAILED)
                drop_all(onlining, newcomer->offline, newcomer->n_offline);
        if (handled->state == HANDLED_RUNNING)
                *(handled->target == TARGET_MOVABLE ? &round->machine.movable_bytes
                                                    : &round->machine.kernel_bytes) += handled->bytes;
}

/* A job of somebody's is at work on it. */
static bool is_claimed(const struct round *round, const struct newcomer *newcomer)
{
        for (size_t i = 0; i < newcomer->n_offline; i++)
                if (operation_has_block(round->onlining->registry, round->onlining->machine,
                                        newcomer->offline[i]))
                        return true;
        return false;
}

static void deal_with(struct round *round, const struct newcomer *newcomer)
{
        const struct handled *handled = handled_find(&round->onlining->handled, newcomer->name);
        uint64_t age = round->now - round->onlining->last_arrival;

        if ((handled && handled->state == HANDLED_RUNNING) || is_claimed(round, newcomer))
                return; /* a job's end is told */
        if (newcomer->passing || (!newcomer->known && age < KNOWN_USEC))
                wait_for(round, AGAIN_USEC);
        else if (newcomer->n_offline == 0)
                take_there(round, newcomer);
        else if (handled && handled->state == HANDLED_WAITING && round->now < handled->wait_until)
                wait_for(round, handled->wait_until - round->now);
        else
                decide(round, newcomer);
}

uint64_t onlining_act(struct onlining *onlining)
{
        _cleanup_free_ uint32_t *numbers = NULL;
        struct newcomers newcomers = { 0 };
        struct round round = {
                .onlining = onlining,
                .snapshot = monitor_snapshot(onlining->machine->monitor),
                .now = clock_usec(CLOCK_MONOTONIC),
                .next = UINT64_MAX,
        };

        drop_gone(&round);
        end_gone(&round);
        round.machine = online_machine_of(round.snapshot, online_cma_bytes(onlining->machine->tree));
        count_running(&round);
        numbers = calloc(onlining->seen.n_pending + 1, sizeof(*numbers));
        for (size_t i = 0; numbers && i < onlining->seen.n_pending; i++)
                numbers[i] = onlining->seen.pending[i].block;
        if (!numbers || newcomers_find(round.snapshot, numbers, onlining->seen.n_pending, &newcomers) < 0)
                return AGAIN_USEC;
        for (size_t i = 0; i < newcomers.n; i++)
                deal_with(&round, &newcomers.items[i]);
        newcomers_clear(&newcomers);
        return round.next;
}
