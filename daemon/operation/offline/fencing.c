/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/offline/fencing.h"

#include "daemon/pages/usage.h"
#include "daemon/worker/worker.h"
#include "basic/saturated.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>

/* What a step looks at without a bound on its time: some tenths of a second. */
#define STEP_PFNS       32768U
#define STEP_PFNS_LEAST 512U

/* Free memory is taken in larger steps: that is fast, and few large runs cost less. */
#define STEP_PFNS_FREE MEMCTL_FENCE_STEP_MAX

/* Pages of drivers that move in one step: the most that make one round; and with a rate, a memory block. */
#define STEP_DRIVERS      65536U
#define STEP_DRIVERS_RATE 32768U

/* A piece of work: a fence to raise, or a range to evacuate or to hold. */
struct piece {
        enum worker_fencing what;
        struct fence_hold hold;
        struct evacuation evacuation;
        bool vacated; /* it is for what evacuation has left free */
};

struct fencing {
        struct machine *machine;
        struct worker *worker;
        struct piece *pieces;
        size_t n_pieces, next;
        uint64_t max_pause_usec, rate, page_size;
        uint32_t step_pfns;    /* of memory in use */
        uint32_t step_drivers; /* pages */
        uint64_t held, failed; /* pages */
        uint64_t evacuated;    /* pages */
        char *refusal;         /* why drivers' pages were not all tried to be moved; NULL: they were */
        uint64_t asked_at;     /* CLOCK_MONOTONIC, microseconds */
        uint64_t due_at;       /* by the rate, the next step may begin */
        uint64_t held_before, moved_before; /* when the step began */
        sd_event_source *tick;
        fencing_progress_t progress;
        fencing_done_t done;
        void *userdata;
};

static void ask(struct fencing *fencing);

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct fencing *fencing = userdata;

        (void) source, (void) usec;

        fencing->tick = sd_event_source_disable_unref(fencing->tick);
        ask(fencing);
        return 0;
}

static int ask_later(struct fencing *fencing, uint64_t usec)
{
        return machine_after(fencing->machine, usec, on_tick, fencing, &fencing->tick);
}

static void ask(struct fencing *fencing)
{
        struct piece *piece;
        int r;

        while (fencing->next < fencing->n_pieces && fencing->pieces[fencing->next].vacated &&
               fencing->evacuated == 0)
                fencing->next++;
        if (fencing->next == fencing->n_pieces) {
                fencing->done(fencing->userdata, 0, NULL);
                return;
        }
        piece = &fencing->pieces[fencing->next];
        if (piece->hold.what == MEMCTL_FENCE_USED)
                piece->hold.pfns_max = fencing->step_pfns;
        piece->evacuation.pages_max = fencing->step_drivers;
        fencing->asked_at = machine_now(fencing->machine);
        fencing->held_before = fencing->held;
        if (fencing->rate > 0)
                fencing->moved_before = pages_migrated_read(fencing->machine->tree);
        r = piece->what == WORKER_EVACUATE ? worker_evacuate(fencing->worker, &piece->evacuation) :
                                             worker_fence(fencing->worker, piece->what, &piece->hold);
        if (r < 0)
                fencing->done(fencing->userdata, r, NULL);
}

/* A step that took too long makes the next ones smaller, one that was short makes them larger. */
static void adapt(const struct fencing *fencing, uint32_t *step, uint64_t took)
{
        if (fencing->max_pause_usec == 0)
                return;
        if (took > fencing->max_pause_usec / 2 && *step > STEP_PFNS_LEAST)
                *step /= 2;
        else if (took < fencing->max_pause_usec / 8 && *step < STEP_PFNS)
                *step *= 2;
}

static bool moves_pages(const struct piece *piece)
{
        return piece->what == WORKER_EVACUATE || piece->hold.what == MEMCTL_FENCE_USED;
}

/*
 * How long to wait before the next step, so that no more is taken than the rate allows: what is held since
 * and, where that is more, what moved, for pieces that could not be had were moved in part.
 */
static uint64_t pause_of(struct fencing *fencing, const struct piece *piece, uint64_t evacuated,
                         uint64_t now)
{
        uint64_t taken = subtract_to_zero(fencing->held, fencing->held_before), moved;

        if (fencing->rate == 0 || !moves_pages(piece))
                return 0;
        moved = piece->what == WORKER_EVACUATE ?
                        evacuated :
                        subtract_to_zero(pages_migrated_read(fencing->machine->tree), fencing->moved_before);
        taken = taken > moved ? taken : moved;
        if (fencing->due_at < fencing->asked_at)
                fencing->due_at = fencing->asked_at;
        fencing->due_at +=
                (uint64_t) ((double) taken * (double) fencing->page_size * 1e6 / (double) fencing->rate);
        return fencing->due_at > now ? fencing->due_at - now : 0;
}

/* How far the piece is now; in pages, what moved by evacuation. */
static uint64_t note_answer(struct fencing *fencing, struct piece *piece, const struct worker_answer *answer,
                            uint64_t took)
{
        uint64_t evacuated = 0;

        fencing->held = answer->held;
        switch (piece->what) {
        case WORKER_EVACUATE:
                evacuated = subtract_to_zero(answer->evacuation.moved, piece->evacuation.moved);
                fencing->evacuated += evacuated;
                piece->evacuation = answer->evacuation;
                adapt(fencing, &fencing->step_drivers, took);
                break;
        case WORKER_HOLD:
                if (piece->hold.what == MEMCTL_FENCE_USED) {
                        fencing->failed += answer->hold.failed - piece->hold.failed;
                        adapt(fencing, &fencing->step_pfns, took);
                }
                piece->hold = answer->hold;
                break;
        default:
                break;
        }
        return evacuated;
}

static bool is_over(const struct piece *piece)
{
        switch (piece->what) {
        case WORKER_EVACUATE:
                return piece->evacuation.next >= piece->evacuation.end;
        case WORKER_HOLD:
                return piece->hold.next >= piece->hold.end;
        default:
                return true;
        }
}

/* Evacuation helps, and is not needed: what stays moves with all else. But the fence must stand. */
static bool may_fail(const struct piece *piece, int error)
{
        return piece->what == WORKER_EVACUATE && error != -EIO && error != -EINTR;
}

static void on_worked(void *userdata, int error, const struct worker_answer *answer)
{
        struct fencing *fencing = userdata;
        struct piece *piece = &fencing->pieces[fencing->next];
        uint64_t now = machine_now(fencing->machine), pause, evacuated = 0;
        const char *message = answer && *answer->message ? answer->message : NULL;
        int r;

        if (error < 0 && !may_fail(piece, error)) {
                fencing->done(fencing->userdata, error, message);
                return;
        }
        if (error < 0) {
                if (!fencing->refusal)
                        fencing->refusal = strdup(message ? message : strerror(-error));
                fencing->next++;
        } else if (answer) {
                evacuated = note_answer(fencing, piece, answer, now - fencing->asked_at);
                if (is_over(piece))
                        fencing->next++;
        }
        pause = pause_of(fencing, piece, evacuated, now);
        fencing->progress(fencing->userdata);
        /* not at once: the progress may have been somebody's reason to free us, from the loop */
        r = ask_later(fencing, pause);
        if (r < 0)
                fencing->done(fencing->userdata, r, NULL);
}

static int add(struct fencing *fencing, enum worker_fencing what, enum memctl_fence_what memory,
               uint64_t start, uint64_t end)
{
        struct piece *pieces = reallocarray(fencing->pieces, fencing->n_pieces + 1, sizeof(*pieces));

        if (!pieces)
                return -ENOMEM;
        fencing->pieces = pieces;
        fencing->pieces[fencing->n_pieces++] = (struct piece){
                .what = what,
                .hold = { .start = start,
                          .end = end,
                          .next = start,
                          .pfns_max = STEP_PFNS_FREE,
                          .what = memory },
                .evacuation = { .start = start, .end = end, .next = start },
        };
        return 0;
}

/* The next run of blocks from *at on, as pfns; *at is then behind it. False: there is none. */
static bool next_run(const struct fencing_request *request, size_t *at, struct pfn_range *ret)
{
        const struct block_set *blocks = request->blocks;
        size_t i = *at;

        if (i == blocks->n_numbers)
                return false;
        ret->start = blocks->numbers[i] * request->block_pages;
        while (i + 1 < blocks->n_numbers && blocks->numbers[i + 1] == blocks->numbers[i] + 1)
                i++;
        ret->end = (blocks->numbers[i] + UINT64_C(1)) * request->block_pages;
        *at = i + 1;
        return true;
}

/* A fence for each run of blocks: other memory may lie between. */
static int add_runs(struct fencing *fencing, const struct fencing_request *request, enum worker_fencing what,
                    enum memctl_fence_what memory)
{
        struct pfn_range run;
        int r = 0;

        for (size_t at = 0; r >= 0 && next_run(request, &at, &run);)
                r = add(fencing, what, memory, run.start, run.end);
        return r;
}

/*
 * What is free is held first: then nothing that moves lands in the blocks. Drivers' pages go next, and leave
 * free memory behind, which is held likewise.
 */
static int add_free(struct fencing *fencing, const struct fencing_request *request, bool vacated)
{
        size_t first = fencing->n_pieces;
        int r = add_runs(fencing, request, WORKER_HOLD, MEMCTL_FENCE_FREE);

        if (r >= 0)
                r = add_runs(fencing, request, WORKER_HOLD, MEMCTL_FENCE_SCATTERED);
        for (size_t i = first; i < fencing->n_pieces; i++)
                fencing->pieces[i].vacated = vacated;
        return r;
}

/* What is to be taken lies in blocks that may not be fenced, too. */
static int add_take(struct fencing *fencing, const struct fencing_request *request)
{
        struct pfn_range run;
        size_t first = 0;
        int r = 0;

        for (size_t at = 0; r >= 0 && next_run(request, &at, &run);) {
                while (first < request->n_take && request->take[first].end <= run.start)
                        first++;
                for (size_t i = first; r >= 0 && i < request->n_take && request->take[i].start < run.end;
                     i++)
                        r = add(fencing, WORKER_HOLD, MEMCTL_FENCE_USED,
                                MAX(request->take[i].start, run.start), MIN(request->take[i].end, run.end));
        }
        return r;
}

int fencing_new(struct machine *machine, const struct fencing_request *request, fencing_progress_t progress,
                fencing_done_t done, void *userdata, struct fencing **ret)
{
        _cleanup_(fencing_freep) struct fencing *fencing = calloc(1, sizeof(*fencing));
        int r;

        if (!fencing)
                return -ENOMEM;
        fencing->machine = machine;
        fencing->max_pause_usec = request->max_pause_usec;
        fencing->rate = request->rate;
        fencing->page_size = request->page_size;
        fencing->step_pfns = request->max_pause_usec > 0 || request->rate > 0 ? STEP_PFNS_LEAST : STEP_PFNS;
        fencing->step_drivers = request->max_pause_usec > 0 ? STEP_PFNS_LEAST :
                                request->rate > 0           ? STEP_DRIVERS_RATE :
                                                              STEP_DRIVERS;
        fencing->progress = progress;
        fencing->done = done;
        fencing->userdata = userdata;
        r = add_runs(fencing, request, WORKER_RAISE, MEMCTL_FENCE_FREE);
        if (r >= 0)
                r = add_free(fencing, request, false);
        if (r >= 0)
                r = add_runs(fencing, request, WORKER_EVACUATE, MEMCTL_FENCE_FREE);
        if (r >= 0)
                r = add_free(fencing, request, true);
        if (r >= 0)
                r = add_take(fencing, request);
        if (r >= 0)
                r = worker_new(machine->event, on_worked, fencing, &fencing->worker);
        if (r < 0)
                return r;
        worker_place(fencing->worker, request->node_cgroup);
        r = ask_later(fencing, 0);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(fencing);
        return 0;
}

struct fencing *fencing_free(struct fencing *fencing)
{
        if (!fencing)
                return NULL;

        worker_free(fencing->worker);
        sd_event_source_disable_unref(fencing->tick);
        free(fencing->pieces);
        free(fencing->refusal);
        free(fencing);
        return NULL;
}

uint64_t fencing_held(const struct fencing *fencing)
{
        return fencing->held;
}

bool fencing_is_waiting(const struct fencing *fencing)
{
        return fencing->due_at > machine_now(fencing->machine);
}

uint64_t fencing_evacuated(const struct fencing *fencing)
{
        return fencing->evacuated;
}

const char *fencing_refusal(const struct fencing *fencing)
{
        return fencing->refusal;
}

uint64_t fencing_failed(const struct fencing *fencing)
{
        return fencing->failed;
}
