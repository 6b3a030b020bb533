/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/offline/eject.h"

#include "daemon/core/crash.h"
#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"
#include "daemon/worker/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EJECT_LOOK_USEC (100 * UINT64_C(1000))

/*
 * Where a memctld died before it knew that it had asked. The kernel takes the blocks away before it turns to
 * the firmware, and would be at it by now.
 */
#define EJECT_UNSURE_USEC (3 * UINT64_C(1000000))

struct eject {
        struct machine *machine;
        struct eject_request request;
        const struct eject_owner *owner;
        void *userdata;
        struct worker *worker;
        sd_event_source *tick;
        size_t n_left;        /* blocks that are not gone */
        uint64_t progress_at; /* CLOCK_MONOTONIC, microseconds */
};

static void failed(struct eject *eject, const char *text)
{
        const struct reason reason = {
                .code = REASON_EJECT_FAILED,
                .block = REASON_NO_BLOCK,
                .text = (char *) text,
        };

        eject->owner->reason(eject->userdata, &reason);
        eject->owner->done(eject->userdata, false);
}

static int look_later(struct eject *eject, uint64_t usec);
static void ask(struct eject *eject);

static size_t count_left(const struct eject *eject)
{
        size_t n = 0;

        for (size_t i = 0; i < eject->request.blocks->n_numbers; i++)
                n += block_read_state(eject->machine->tree, eject->request.blocks->numbers[i]) != -ENOENT;
        return n;
}

static void given_up(struct eject *eject)
{
        char text[128];

        if (eject->n_left == eject->request.blocks->n_numbers)
                (void) snprintf(text, sizeof(text), "the firmware has not taken the DIMM within %d seconds",
                                (int) (EJECT_WAIT_USEC / 1000000));
        else
                (void) snprintf(text, sizeof(text),
                                "the kernel has taken %zu of the DIMM's %zu blocks, and none for %d seconds",
                                eject->request.blocks->n_numbers - eject->n_left,
                                eject->request.blocks->n_numbers, (int) (EJECT_WAIT_USEC / 1000000));
        failed(eject, text);
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct eject *eject = userdata;
        size_t left = count_left(eject);
        uint64_t limit = eject->request.start == EJECT_MAYBE_ASKED ? EJECT_UNSURE_USEC : EJECT_WAIT_USEC;

        (void) source;

        eject->tick = sd_event_source_disable_unref(eject->tick);
        if (left == 0) {
                crash_at(CRASH_EJECTED);
                eject->owner->done(eject->userdata, true);
                return 0;
        }
        if (left < eject->n_left) {
                eject->n_left = left;
                eject->progress_at = usec;
        }
        if (usec - eject->progress_at < limit) {
                if (look_later(eject, EJECT_LOOK_USEC) < 0)
                        failed(eject, strerror(ENOMEM));
        } else if (eject->request.again) {
                eject->request.again = false; /* from here it is as any other */
                eject->request.start = EJECT_ASK;
                ask(eject);
        } else
                given_up(eject);
        return 0;
}

static int look_later(struct eject *eject, uint64_t usec)
{
        eject->tick = sd_event_source_disable_unref(eject->tick);
        return machine_after(eject->machine, usec, on_look, eject, &eject->tick);
}

/* The kernel would take online blocks offline by itself, without end: never ask while there is one. */
static bool all_offline(struct eject *eject)
{
        bool good = true;

        for (size_t i = 0; i < eject->request.blocks->n_numbers; i++) {
                const struct reason reason = { .code = REASON_BLOCKS_ONLINE,
                                               .block = eject->request.blocks->numbers[i] };

                if (block_read_state(eject->machine->tree, reason.block) == BLOCK_OFFLINE)
                        continue;
                eject->owner->reason(eject->userdata, &reason);
                good = false;
        }
        return good;
}

/* It was asked, and takes as long as it takes: the write itself only queues the request. */
static int on_write_late(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct eject *eject = userdata;

        (void) source, (void) usec;

        eject->tick = sd_event_source_disable_unref(eject->tick);
        worker_end(eject->worker);
        return 0;
}

static void write_it(struct eject *eject, const char *path)
{
        int r;

        if (!eject->owner->mark(eject->userdata, JOURNAL_EJECT, REASON_NO_BLOCK)) {
                eject->owner->done(eject->userdata, false);
                return;
        }
        crash_at(CRASH_EJECT);
        r = machine_after(eject->machine, EJECT_WAIT_USEC, on_write_late, eject, &eject->tick);
        if (r >= 0)
                r = worker_write(eject->worker, path, "1");
        if (r < 0)
                failed(eject, strerror(-r));
}

static void ask(struct eject *eject)
{
        _cleanup_free_ char *relative = NULL, *path = NULL;
        struct dimm *dimm =
                snapshot_find_dimm(monitor_snapshot(eject->machine->monitor), eject->request.dimm);

        if (!dimm) {
                failed(eject, "the DIMM is gone");
                return;
        }
        if (!all_offline(eject)) {
                eject->owner->done(eject->userdata, false);
                return;
        }
        relative = dimm_eject_path(dimm);
        if (!relative || asprintf(&path, "/%s", relative) < 0) {
                path = NULL;
                failed(eject, strerror(ENOMEM));
                return;
        }
        write_it(eject, path);
}

static void await(struct eject *eject)
{
        eject->n_left = eject->request.blocks->n_numbers;
        eject->progress_at = machine_now(eject->machine);
        if (look_later(eject, EJECT_LOOK_USEC) < 0)
                failed(eject, strerror(ENOMEM));
}

static void on_written(void *userdata, int error, const struct worker_answer *answer)
{
        struct eject *eject = userdata;

        (void) answer;

        crash_at(CRASH_EJECTING);
        if (error < 0) {
                failed(eject, error == -EINTR ? "the kernel does not take the request" : strerror(-error));
                return;
        }
        (void) eject->owner->mark(eject->userdata, JOURNAL_EJECTING, REASON_NO_BLOCK);
        crash_at(CRASH_ASKED);
        await(eject);
}

/* From the loop: who begins is not called from within. */
static int on_begin(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct eject *eject = userdata;

        (void) source, (void) usec;

        eject->tick = sd_event_source_disable_unref(eject->tick);
        if (eject->request.start == EJECT_ASK)
                ask(eject);
        else
                await(eject);
        return 0;
}

int eject_new(struct machine *machine, const struct eject_request *request, const struct eject_owner *owner,
              void *userdata, struct eject **ret)
{
        _cleanup_(eject_freep) struct eject *eject = calloc(1, sizeof(*eject));
        int r;

        if (!eject)
                return -ENOMEM;
        eject->machine = machine;
        eject->request = *request;
        eject->owner = owner;
        eject->userdata = userdata;
        r = worker_new(machine->event, on_written, eject, &eject->worker);
        if (r >= 0)
                r = machine_after(machine, 0, on_begin, eject, &eject->tick);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(eject);
        return 0;
}

struct eject *eject_free(struct eject *eject)
{
        if (!eject)
                return NULL;

        worker_free(eject->worker);
        sd_event_source_disable_unref(eject->tick);
        free(eject);
        return NULL;
}
