/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/decide.h"

#include "basic/saturated.h"

#define USEC_PER_SEC UINT64_C(1000000)

/* Its budget grows for so long at most while it is not used. */
#define BUDGET_SECONDS 60

/* What was overdrawn is paid back, but no more than that: a clock that jumped must not stop it for ever. */
#define DEBT_MAX_USEC (3600 * USEC_PER_SEC)

/* After a vain attempt it waits so long, and each time twice as long. */
#define BACKOFF_MIN_USEC (30 * USEC_PER_SEC)
#define BACKOFF_MAX_USEC (3600 * USEC_PER_SEC)

/* One attempt has less CPU time than that. */
#define ATTEMPT_USEC (USEC_PER_SEC / 2)

/* Below that it is not worth to begin. */
#define ATTEMPT_MIN_USEC (USEC_PER_SEC / 50)

/* Once it was reached, a few pieces less are no reason to begin anew: in thousandths. */
#define SLACK 125

/* kswapd has more than such a part of the time: it is woken for a moment by others, too. */
#define KSWAPD_PART 50

/* In the few seconds of an attempt. */
#define PIECES_THAT_COME_AND_GO 8

/* 10 % of the time somebody waits for memory. */
#define PRESSURE_MAX 1000

const char *compaction_state_name(enum compaction_state state)
{
        static const char *const names[_COMPACTION_STATE_MAX] = {
                [COMPACTION_OFF] = "off",
                [COMPACTION_GONE] = "gone",
                [COMPACTION_REFUSED] = "refused",
                [COMPACTION_REACHED] = "reached",
                [COMPACTION_QUIET] = "quiet",
                [COMPACTION_RECLAIMING] = "reclaiming",
                [COMPACTION_BUSY] = "busy",
                [COMPACTION_NO_ROOM] = "no_room",
                [COMPACTION_BACKING_OFF] = "backing_off",
                [COMPACTION_OVER_BUDGET] = "over_budget",
                [COMPACTION_PRESSED] = "pressed",
                [COMPACTION_WANTED] = "wanted",
        };

        return names[state];
}

uint64_t compaction_target_pieces(const struct compaction_target *target, uint64_t memory_pages,
                                  uint64_t piece_pages)
{
        if (target->pieces > 0 || piece_pages == 0)
                return target->pieces;
        return multiply_saturated(memory_pages / piece_pages, target->share) / 1000;
}

void compaction_budget_fill(const struct compaction_config *config, uint64_t now_usec,
                            struct compaction_budget *budget)
{
        int64_t most = (int64_t) (BUDGET_SECONDS * USEC_PER_SEC * config->cpu / 1000);
        uint64_t since = subtract_to_zero(now_usec, budget->seen_usec);

        if (since > BUDGET_SECONDS * USEC_PER_SEC)
                since = BUDGET_SECONDS * USEC_PER_SEC;
        if (budget->seen)
                budget->left_usec += (int64_t) (since * config->cpu / 1000);
        if (budget->left_usec > most)
                budget->left_usec = most;
        budget->seen = true;
        budget->seen_usec = now_usec;
}

/* kswapd was at work for more than a moment. A count that went back began anew: that is none. */
static bool is_reclaiming(const struct compaction_inputs *inputs, const struct compaction_memory *memory)
{
        return memory->seen && subtract_to_zero(inputs->kswapd_usec, memory->kswapd_usec) >
                                       subtract_to_zero(inputs->now_usec, memory->seen_usec) / KSWAPD_PART;
}

/* It was reached: then less than the target by a little is as good. */
static bool is_reached(const struct compaction_inputs *inputs, const struct compaction_memory *memory,
                       uint64_t wanted)
{
        uint64_t enough = memory->state == COMPACTION_REACHED ? wanted - wanted * SLACK / 1000 : wanted;

        return inputs->free_pieces >= enough;
}

static enum compaction_state state_of(const struct compaction_config *config,
                                      const struct compaction_target *target,
                                      const struct compaction_inputs *inputs,
                                      const struct compaction_budget *budget,
                                      const struct compaction_memory *memory, uint64_t wanted)
{
        if (!target->enabled)
                return COMPACTION_OFF;
        if (!inputs->there)
                return COMPACTION_GONE;
        if (inputs->refusal)
                return COMPACTION_REFUSED;
        if (is_reached(inputs, memory, wanted))
                return COMPACTION_REACHED;
        if (compaction_config_is_quiet(config, inputs->minute))
                return COMPACTION_QUIET;
        if (is_reclaiming(inputs, memory))
                return COMPACTION_RECLAIMING;
        if (inputs->busy)
                return COMPACTION_BUSY;
        if (inputs->small_pages < inputs->piece_pages)
                return COMPACTION_NO_ROOM;
        if (inputs->now_usec < memory->wait_until)
                return COMPACTION_BACKING_OFF;
        if (budget->left_usec < (int64_t) ATTEMPT_MIN_USEC)
                return COMPACTION_OVER_BUDGET;
        return inputs->memory_pressure > PRESSURE_MAX ? COMPACTION_PRESSED : COMPACTION_WANTED;
}

struct compaction_action compaction_decide(const struct compaction_config *config,
                                           const struct compaction_target *target,
                                           const struct compaction_inputs *inputs,
                                           const struct compaction_budget *budget,
                                           struct compaction_memory *memory)
{
        uint64_t wanted = compaction_target_pieces(target, inputs->memory_pages, inputs->piece_pages);
        struct compaction_action action = { 0 };

        if (!inputs->there) {
                *memory = (struct compaction_memory){ .state = COMPACTION_GONE,
                                                      .attempts = memory->attempts,
                                                      .gains = memory->gains,
                                                      .spent_usec = memory->spent_usec };
                return action;
        }
        memory->state = state_of(config, target, inputs, budget, memory, wanted);
        memory->seen = true;
        memory->seen_usec = inputs->now_usec;
        memory->kswapd_usec = inputs->kswapd_usec;
        if (memory->state != COMPACTION_WANTED)
                return action;
        action.compact = true;
        action.until = wanted;
        action.cursor = memory->cursor;
        action.cpu_usec =
                (uint64_t) budget->left_usec < ATTEMPT_USEC ? (uint64_t) budget->left_usec : ATTEMPT_USEC;
        return action;
}

static void back_off(struct compaction_memory *memory, uint64_t now_usec)
{
        memory->backoff_usec = memory->backoff_usec == 0 ? BACKOFF_MIN_USEC : 2 * memory->backoff_usec;
        if (memory->backoff_usec > BACKOFF_MAX_USEC)
                memory->backoff_usec = BACKOFF_MAX_USEC;
        memory->wait_until = now_usec + memory->backoff_usec;
}

static bool is_gain(const struct compaction_outcome *outcome, struct compaction_memory *memory)
{
        uint64_t before = (uint64_t) ((int64_t) outcome->free - outcome->gained);
        uint64_t slack =
                memory->best / 8 > PIECES_THAT_COME_AND_GO ? memory->best / 8 : PIECES_THAT_COME_AND_GO;
        bool gained;

        if (before < subtract_to_zero(memory->best, slack))
                memory->best = before;
        gained = outcome->gained > 0 && outcome->free > memory->best;
        if (outcome->free > memory->best)
                memory->best = outcome->free;
        return gained;
}

void compaction_learn(const struct compaction_outcome *outcome, uint64_t now_usec,
                      struct compaction_budget *budget, struct compaction_memory *memory)
{
        uint64_t cost = outcome->cpu_usec < DEBT_MAX_USEC ? outcome->cpu_usec : DEBT_MAX_USEC;
        bool stays = outcome->cursor != 0 && outcome->cursor == memory->cursor;
        bool gained = is_gain(outcome, memory);

        memory->attempts++;
        memory->gains += gained;
        memory->spent_usec += outcome->cpu_usec;
        budget->left_usec -= (int64_t) cost;
        if (budget->left_usec < -(int64_t) DEBT_MAX_USEC)
                budget->left_usec = -(int64_t) DEBT_MAX_USEC;
        if (gained) {
                memory->gained = true;
                memory->backoff_usec = 0;
        } else if (stays || (outcome->cursor == 0 && !memory->gained))
                back_off(memory, now_usec);
        if (outcome->cursor == 0)
                memory->gained = false;
        memory->cursor = outcome->cursor;
}
