/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/blocks/put_back.h"

#include "daemon/machine/block.h"
#include "daemon/operation/blocks/stuck.h"
#include "daemon/plan/online.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct put_back {
        struct machine *machine;
        struct steps *steps;
        const struct put_back_owner *owner;
        void *userdata;
        struct block_write *write;
        struct stuck *stuck;
        struct step *late;     /* given up, to be tried once more */
        size_t n_late;
        bool last_try;   /* at these */
        bool contended;  /* others' writes took all the time that the last block had */
        bool rezoning;   /* the block is in another zone than it was in: it is taken offline, to come back to
                            its own */
        bool rezoned;     /* that was done for this one */
        bool no_rezoning; /* it has not worked */
        size_t n_failed;
};

static const struct step *current(const struct put_back *back)
{
        return back->last_try ? &back->late[back->n_late - 1] : &back->steps->items[back->steps->n_done - 1];
}

static enum block_write_kind kind_of(const struct step *step)
{
        if (step->zone == ZONE_NONE)
                return WRITE_OFFLINE; /* an online job's block was offline before */
        return online_zone_for(step->zone) == ONLINE_KERNEL ? WRITE_ONLINE_KERNEL : WRITE_ONLINE_MOVABLE;
}

static void next(struct put_back *back)
{
        const struct step *step;

        if (!back->last_try && back->steps->n_done == 0)
                back->last_try = true;
        if (back->last_try && back->n_late == 0) {
                back->owner->done(back->userdata);
                return;
        }
        step = current(back);
        block_write_start(back->write, step->block, kind_of(step),
                          back->contended ? WRITE_ONLINE_AGAIN_USEC : WRITE_ONLINE_USEC);
}

static void say_failed(struct put_back *back, uint32_t block, const char *text)
{
        const struct reason reason = {
                .code = REASON_ROLL_BACK_FAILED,
                .block = block,
                .text = (char *) text,
        };

        back->owner->record(back->userdata, block, false);
        back->owner->reason(back->userdata, &reason);
}

/* A block that is online again, but elsewhere, is not what it was: where. ZONE_NONE: all is well, or it
 * cannot be told. */
static enum zone other_zone(const struct put_back *back, const struct step *step)
{
        struct memory_block block = { .number = step->block, .node = NODE_NONE };
        enum zone zone;

        if (step->zone == ZONE_NONE || block_read(back->machine->tree, NULL, &block) < 0)
                return ZONE_NONE;
        zone = zone_list_get(block.zones, 0);
        return zone == step->zone ? ZONE_NONE : zone;
}

static void say_zone(struct put_back *back, enum zone zone)
{
        const struct step *step = current(back);
        char text[64];

        (void) snprintf(text, sizeof(text), "is online again in zone %s, was in %s", zone_name(zone),
                        zone_name(step->zone));
        back->n_failed++;
        say_failed(back, step->block, text);
}

/* The current one is behind us. */
static void step_over(struct put_back *back)
{
        if (back->last_try)
                back->n_late--;
        else
                back->steps->n_done--;
        back->rezoned = false;
        back->owner->progress(back->userdata);
        next(back);
}

static const char *text_of(int error)
{
        switch (error) {
        case -ESTALE:
                return "is gone";
        case BLOCK_WRITE_UNDONE:
                return "was changed by somebody else";
        case -ETIMEDOUT:
                return "the kernel was kept busy with other memory";
        default:
                return strerror(-error);
        }
}

static void failed(struct put_back *back, int error)
{
        /* a block that is gone cannot be stuck: somebody pulled the DIMM */
        if (error != -ESTALE)
                back->n_failed++;
        say_failed(back, current(back)->block, text_of(error));
        step_over(back);
}

/* Not by its own fault: once more, after the others. */
static bool put_off(struct put_back *back)
{
        struct step *late;

        if (back->last_try)
                return false;
        late = reallocarray(back->late, back->n_late + 1, sizeof(*late));
        if (!late)
                return false;
        back->late = late;
        late[back->n_late++] = *current(back);
        return true;
}

static void on_stuck(void *userdata, const struct reason *reason, const char *note)
{
        struct put_back *back = userdata;

        back->owner->reason(back->userdata, reason);
        back->owner->note(back->userdata, note);
        back->stuck = stuck_free(back->stuck);
        failed(back, -EBUSY);
}

static bool find_out(struct put_back *back, int error)
{
        const struct stuck_facts facts = {
                .block = current(back)->block,
                .in_use = block_write_in_use(back->write),
                .begun = block_write_begun(back->write),
                .error = error,
                .to_node = NODE_NONE,
        };

        return stuck_new(back->machine, &facts, on_stuck, back, &back->stuck) >= 0;
}

/*
 * Somebody else has brought it back, as agents and udev rules do, where the kernel puts it by its own rules.
 * Once, and not after one that did not get empty: on the way back nothing may take long.
 */
static bool change_zone(struct put_back *back)
{
        if (back->rezoned || back->no_rezoning)
                return false;
        back->rezoned = back->rezoning = true;
        block_write_start(back->write, current(back)->block, WRITE_OFFLINE, 0);
        return true;
}

static void is_back(struct put_back *back)
{
        enum zone zone = other_zone(back, current(back));

        if (zone != ZONE_NONE && change_zone(back))
                return;
        if (zone == ZONE_NONE)
                back->owner->record(back->userdata, current(back)->block, true);
        else
                say_zone(back, zone);
        step_over(back);
}

/* It is offline for its zone's sake, or was not to be had. */
static void on_rezoning(struct put_back *back, int error)
{
        const struct step *step = current(back);

        back->rezoning = false;
        back->no_rezoning |= error != 0 && error != BLOCK_WRITE_UNDONE;
        if (error == -ESTALE)
                failed(back, error);
        else /* also where it is online: that is looked at anew */
                block_write_start(back->write, step->block, kind_of(step), WRITE_ONLINE_USEC);
}

static void on_written(void *userdata, int error)
{
        struct put_back *back = userdata;
        bool offline = kind_of(current(back)) == WRITE_OFFLINE;

        if (back->rezoning) {
                on_rezoning(back, error);
                return;
        }
        back->contended = error == -ETIMEDOUT && !offline;
        if (error == 0)
                is_back(back);
        else if (back->contended && put_off(back))
                step_over(back);
        else if (!offline || (error != -ETIMEDOUT && error != -EBUSY && error != -EAGAIN) ||
                 !find_out(back, error))
                failed(back, error);
}

static bool on_mark(void *userdata, enum journal_mark mark, uint32_t block)
{
        struct put_back *back = userdata;

        (void) back->owner->mark(back->userdata, mark, block);
        return true; /* to put back once more what was put back does no harm */
}

static void on_stage(void *userdata, enum block_write_stage stage)
{
        (void) userdata, (void) stage;
}

static void on_progress(void *userdata)
{
        struct put_back *back = userdata;

        back->owner->progress(back->userdata);
}

int put_back_new(struct machine *machine, struct steps *steps, const struct put_back_owner *owner,
                 void *userdata, struct put_back **ret)
{
        static const struct block_write_owner of_write = { on_mark, on_stage, on_progress, on_written };
        _cleanup_(put_back_freep) struct put_back *back = calloc(1, sizeof(*back));
        int r;

        if (!back)
                return -ENOMEM;
        back->machine = machine;
        back->steps = steps;
        back->owner = owner;
        back->userdata = userdata;
        r = block_write_new(machine, &of_write, back, &back->write);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(back);
        return 0;
}

struct put_back *put_back_free(struct put_back *back)
{
        if (!back)
                return NULL;

        block_write_free(back->write);
        stuck_free(back->stuck);
        free(back->late);
        free(back);
        return NULL;
}

bool put_back_start(struct put_back *back)
{
        if (back->steps->n_done == 0)
                return false;
        next(back);
        return true;
}

uint32_t put_back_block(const struct put_back *back)
{
        return (back->last_try ? back->n_late : back->steps->n_done) == 0 ? REASON_NO_BLOCK
                                                                          : current(back)->block;
}

size_t put_back_missing(const struct put_back *back)
{
        return back->n_failed + back->n_late;
}
