/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/blocks/change.h"

#include "daemon/core/crash.h"
#include "daemon/machine/block.h"
#include "memctl/bus.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A dead memctld's worker ends with the write it is in, and that with its next look at signals. */
#define WORKERS_LOOK_USEC (20 * UINT64_C(1000))

/* Memory is short; it will not be for ever. */
#define RETRY_USEC (1000 * UINT64_C(1000))

int change_init(struct change *change, struct machine *machine, const struct operation_request *request,
                struct journal_found *found, bool go_on)
{
        change->machine = machine;
        change->verb = request->verb;
        change->eject = request->eject || request->verb == JOB_DIMM_EJECT;
        change->options = request->options;
        change->zone = request->zone;
        change->target = strdup(request->target);
        if (!change->target)
                return -ENOMEM;
        if (request->dimm) {
                change->dimm = strdup(request->dimm);
                if (!change->dimm)
                        return -ENOMEM;
        }
        if (block_set_copy(request->blocks, &change->blocks) < 0)
                return -ENOMEM;
        if (!found)
                return 0;
        change->found = calloc(1, sizeof(*change->found));
        if (!change->found)
                return -ENOMEM;
        *change->found = *found;
        *found = (struct journal_found){ 0 };
        change->journal = TAKE_PTR(change->found->journal);
        change->recovered = true;
        change->going_on = go_on && job_verb_is_offline(change->verb) && !change->found->rolling_back;
        return 0;
}

void change_clear(struct change *change)
{
        change_no_tick(change);
        block_write_free(change->write);
        put_back_free(change->back);
        journal_close(change->journal);
        journal_found_free(change->found);
        steps_clear(&change->steps);
        block_set_clear(&change->blocks);
        free(change->target);
        free(change->dimm);
}

int change_make_parts(struct change *change, const struct block_write_owner *write,
                      const struct put_back_owner *back, void *userdata)
{
        int r = block_write_new(change->machine, write, userdata, &change->write);

        return r < 0 ? r : put_back_new(change->machine, &change->steps, back, userdata, &change->back);
}

bool change_mark(struct change *change, enum journal_mark mark, uint32_t block)
{
        struct reason reason = { .code = REASON_BLOCK_FAILED, .block = block };
        char text[96];
        int r;

        if (!change->journal)
                return true;
        r = journal_mark(change->journal, mark, block);
        if (r >= 0 || change->rolling_back)
                return true; /* to put back once more what was put back does no harm */
        (void) snprintf(text, sizeof(text), "the journal cannot be written: %s", strerror(-r));
        reason.text = text;
        job_reason(change->job, &reason);
        return false;
}

static int write_journal(struct change *change, char **message)
{
        _cleanup_free_ struct journal_step *steps =
                calloc(change->steps.n_items ? change->steps.n_items : 1, sizeof(*steps));
        const struct journal_entry entry = {
                .id = change->job->id,
                .verb = change->verb,
                .target = change->target,
                .dimm = change->dimm,
                .eject = change->eject,
                .zone = change->zone,
                .options = change->options,
                .deadline = change->job->deadline,
                .blocks = &change->blocks,
                .steps = steps,
                .n_steps = change->steps.n_items,
                .n_done = change->steps.n_done,
        };

        if (!steps)
                return -ENOMEM;
        for (size_t i = 0; i < change->steps.n_items; i++)
                steps[i] = (struct journal_step){
                        .block = change->steps.items[i].block,
                        .zone = change->steps.items[i].zone,
                        .identity = block_identity(change->machine->tree, change->steps.items[i].block),
                };
        if (change->journal)
                return journal_renew(&change->journal, &entry, message);
        return journal_begin(change->machine->tree->root_fd, &entry, &change->journal, message);
}

int change_begin_journal(struct change *change, sd_event_time_handler_t handler, void *userdata)
{
        _cleanup_free_ char *message = NULL;
        int r = write_journal(change, &message);

        if (r == -EAGAIN && ++change->journal_tries < JOURNAL_LOCK_TRIES &&
            change_after(change, JOURNAL_LOCK_USEC, handler, userdata) >= 0)
                return -EAGAIN;
        crash_at(change->recovered ? CRASH_RENEWED : CRASH_PLANNED);
        if (r >= 0)
                return 0;
        change_say_failed(change, message ? message : strerror(-r));
        change_end_as(change, (r == -EBUSY || r == -EAGAIN) && !change->journal ? JOB_RESULT_REFUSED
                                                                                : JOB_RESULT_FAILED);
        return r == -EAGAIN ? -EBUSY : r;
}

static int compare_begun(const void *a, const void *b)
{
        const struct journal_step *x = a, *y = b;

        return x->begun < y->begun ? -1 : x->begun > y->begun;
}

/* Where other memory is in its place, what is to be put back is gone. */
static bool is_same(struct change *change, const struct journal_step *step)
{
        uint64_t identity = block_identity(change->machine->tree, step->block);
        const struct reason reason = {
                .code = REASON_ROLL_BACK_FAILED,
                .block = step->block,
                .text = (char *) "other memory is there now, which is left as it is",
        };

        if (step->identity == 0 || identity == 0 || identity == step->identity)
                return true;
        job_reason(change->job, &reason);
        return false;
}

/*
 * Any that was not begun was not touched, and may be as somebody else wanted it since. Who goes on takes
 * those that came to their end, whether the journal says so or not, for done.
 */
static int take_steps(struct change *change)
{
        struct journal_found *found = change->found;
        int wanted = job_verb_is_offline(change->verb) ? BLOCK_OFFLINE : BLOCK_ONLINE, r;

        steps_clear(&change->steps);
        qsort(found->steps, found->n_steps, sizeof(*found->steps), compare_begun);
        for (size_t i = 0; i < found->n_steps; i++) {
                const struct step step = { .block = found->steps[i].block, .zone = found->steps[i].zone };

                if (found->steps[i].begun == 0 || !is_same(change, &found->steps[i]) ||
                    (change->going_on && block_read_state(change->machine->tree, step.block) != wanted))
                        continue;
                r = steps_add(&change->steps, &step);
                if (r < 0)
                        return r;
        }
        change->steps.n_done = change->steps.n_items;
        return 0;
}

bool change_take_over(struct change *change, uint64_t *usec)
{
        *usec = WORKERS_LOOK_USEC;
        if (!journal_workers_gone(change->journal))
                return false;
        crash_at(CRASH_RECOVER);
        *usec = RETRY_USEC;
        return take_steps(change) >= 0;
}

void change_end_as(struct change *change, enum job_result result)
{
        bool above = change->ending == JOB_RESULT_NONE || result == JOB_RESULT_CANCELLED ||
                     (result == JOB_RESULT_TIMEOUT && change->ending != JOB_RESULT_CANCELLED);

        if (above)
                change->ending = result;
}

int change_after(struct change *change, uint64_t usec, sd_event_time_handler_t handler, void *userdata)
{
        change_no_tick(change);
        return machine_after(change->machine, usec, handler, userdata, &change->tick);
}

void change_no_tick(struct change *change)
{
        change->tick = sd_event_source_disable_unref(change->tick);
}

void change_say_interrupted(struct change *change)
{
        const struct reason reason = {
                .code = REASON_INTERRUPTED,
                .block = REASON_NO_BLOCK,
                .text = (char *) "memctld died in this job: what it had begun is put back",
        };

        job_reason(change->job, &reason);
        change_end_as(change, JOB_RESULT_FAILED);
}

void change_say_failed(struct change *change, const char *text)
{
        const struct reason reason = {
                .code = REASON_BLOCK_FAILED,
                .block = REASON_NO_BLOCK,
                .text = (char *) text,
        };

        job_reason(change->job, &reason);
}

void change_stop(struct change *change, enum job_result why)
{
        if (change->rolling_back)
                return;
        if (!change->found || change->going_on)
                change_end_as(change, why);
        if (change->found)
                change->going_on = false;
}

void change_go_back(struct change *change)
{
        const struct steps *steps = &change->steps;

        job_end_timeout(change->job);
        change->rolling_back = true;
        change->job->progress.current_block =
                steps->n_done > 0 ? steps->items[steps->n_done - 1].block : MEMCTL_NONE;
        (void) change_mark(change, JOURNAL_ROLL_BACK, REASON_NO_BLOCK);
        crash_at(CRASH_ROLL_BACK);
        job_set_state(change->job, JOB_ROLLING_BACK);
}

void change_tell(struct change *change, uint32_t current)
{
        struct job_progress *progress = &change->job->progress;

        progress->blocks_total = change->steps.n_items;
        progress->blocks_done = change->steps.n_done + (change->back ? put_back_missing(change->back) : 0);
        progress->current_block = current == REASON_NO_BLOCK ? MEMCTL_NONE : current;
        job_notify(change->job);
}

void change_end_journal(struct change *change)
{
        crash_at(CRASH_FINISHED);
        change->journal = journal_end(change->journal);
}

void change_finish(struct change *change)
{
        struct job_progress *progress = &change->job->progress;

        progress->blocks_total = change->steps.n_items;
        progress->blocks_done = change->steps.n_done + (change->back ? put_back_missing(change->back) : 0);
        change_no_tick(change);
        /* it has nothing more to do; a finished job is remembered for a while */
        change->write = block_write_free(change->write);
        change->back = put_back_free(change->back);
        job_finish(change->job, change->ending == JOB_RESULT_NONE ? JOB_RESULT_DONE : change->ending);
}
