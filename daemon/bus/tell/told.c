/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/tell/told.h"

#include "daemon/bus/context/context.h"
#include "daemon/bus/value/paths.h"
#include "daemon/job/view.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

/* Between two tellings of one job that are not urgent. */
#define PAUSE_USEC (250 * UINT64_C(1000))

struct told_job {
        uint32_t id;
        struct job_view view; /* as they know it */
        uint64_t at;          /* when they heard last: CLOCK_MONOTONIC, microseconds */
};

struct told {
        struct server *server;
        struct told_job *jobs;
        size_t n_jobs;
        sd_event_source *timer; /* runs while there may be changes that nobody has heard of */
};

int told_new(struct server *server, struct told **ret)
{
        struct told *told = calloc(1, sizeof(*told));

        if (!told)
                return -ENOMEM;
        told->server = server;
        *ret = told;
        return 0;
}

struct told *told_free(struct told *told)
{
        if (!told)
                return NULL;
        sd_event_source_disable_unref(told->timer);
        free(told->jobs);
        free(told);
        return NULL;
}

static struct told_job *find(struct told *told, uint32_t id)
{
        for (size_t i = 0; i < told->n_jobs; i++)
                if (told->jobs[i].id == id)
                        return &told->jobs[i];
        return NULL;
}

void told_all(struct told *told, const struct job *job)
{
        struct told_job *known = find(told, job->id), *jobs;

        if (!known) {
                jobs = reallocarray(told->jobs, told->n_jobs + 1, sizeof(*jobs));
                if (!jobs)
                        return;
                told->jobs = jobs;
                known = &jobs[told->n_jobs++];
        }
        *known = (struct told_job){ .id = job->id, .at = machine_now(told->server->machine) };
        job_view(job, &known->view);
}

static void tell(struct told *told, uint32_t id, const char *const *names)
{
        _cleanup_free_ char *path = bus_job_path(id);

        /* sd-bus takes a list that may be changed, and does not change it */
        if (path)
                (void) sd_bus_emit_properties_changed_strv(told->server->bus, path, MEMCTL_IFACE_JOB,
                                                           (char **) (uintptr_t) names);
}

static void tell_now(struct told *told, struct told_job *known, const struct job_view *view)
{
        const char *names[JOB_VIEW_CHANGES_MAX + 1];

        if (job_view_changes(&known->view, view, names) == 0)
                return;
        known->view = *view;
        known->at = machine_now(told->server->machine);
        tell(told, known->id, names);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct told *told = userdata;

        (void) source, (void) usec;

        told->timer = sd_event_source_disable_unref(told->timer);
        for (size_t i = 0; i < told->n_jobs; i++) {
                const struct job *job = registry_find(told->server->registry, told->jobs[i].id);
                struct job_view view;

                if (!job)
                        continue;
                job_view(job, &view);
                tell_now(told, &told->jobs[i], &view);
        }
        return 0;
}

/* False: nothing can be told later. */
static bool tell_later(struct told *told)
{
        return told->timer ||
               machine_after(told->server->machine, PAUSE_USEC, on_time, told, &told->timer) >= 0;
}

void told_change(struct told *told, const struct job *job)
{
        struct told_job *known = find(told, job->id);
        const char *names[JOB_VIEW_CHANGES_MAX + 1];
        struct job_view view;

        job_view(job, &view);
        if (!known) {
                (void) job_view_changes(NULL, &view, names);
                tell(told, job->id, names);
        } else if (job_view_is_urgent(&known->view, &view) ||
                   machine_now(told->server->machine) >= known->at + PAUSE_USEC || !tell_later(told))
                tell_now(told, known, &view);
}

void told_forget(struct told *told, uint32_t id)
{
        struct told_job *known = find(told, id);

        if (known)
                *known = told->jobs[--told->n_jobs];
}
