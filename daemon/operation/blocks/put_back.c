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

/* A block that is online again, but elsewhere, is not what it was. */
static void check_zone(struct put_back *back, const struct step *step)
{
        struct memory_block block = { .number = step->block, .node = NODE_NONE };
        enum zone zone;
        char text[64];

        if (step->zone == ZONE_NONE || block_read(back->machine->tree, NULL, &block) < 0)
                return;
        zone = zone_list_get(block.zones, 0);
        if (zone == step->zone || zone == ZONE_NONE)
                return;

        (void) snprintf(text, sizeof(text), "is online again in zone %s, was in %s", zone_name(zone),
                        zone_name(step->zone));
        say_failed(back, step->block, text);
}

/* The current one is behind us. */
static void step_over(struct put_back *back)
{
        if (back->last_try)
                back->n_late--;
        else
                back->steps->n_done--;
        back->owner->progress(back->userdata);
        next(back);
}

static const char *text_of(int error)
{
        switch (error) {
        case -ESTALE:
                return "is gone";
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

static void on_written(void *userdata, int error)
{
        struct put_back *back = userdata;
        bool offline = kind_of(current(back)) == WRITE_OFFLINE;

        back->contended = error == -ETIMEDOUT && !offline;
        if (error == 0) {
                back->owner->record(back->userdata, current(back)->block, true);
                check_zone(back, current(back));
                step_over(back);
        } else if (back->contended && put_off(back))
                step_over(back);
        else if (!offline || (error != -ETIMEDOUT && error != -EBUSY && error != -EAGAIN) || !find_out(back, error))
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

int put_back_new(struct machine *machine, struct steps *steps, const struct put_back_owner *owner, void *userdata,
                 struct put_back **ret)
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
        return (back->last_try ? back->n_late : back->steps->n_done) == 0 ? REASON_NO_BLOCK : current(back)->block;
}

size_t put_back_missing(const struct put_back *back)
{
        return back->n_failed + back->n_late;
}
