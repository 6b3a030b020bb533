/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/follow.h"

#include "cli/daemon/agent.h"
#include "cli/daemon/client.h"
#include "cli/daemon/reasons.h"
#include "cli/run/say.h"
#include "cli/show/compact.h"
#include "cli/show/progress.h"
#include "cli/show/result.h"
#include "cli/verb/following.h"
#include "memctl/bus.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* After a Ctrl-C, memctld gets so long to say whether it has begun; microseconds. */
#define GIVE_UP_USEC (2 * USEC_PER_SEC)

/* When memctld goes the next one is asked so often, twice a second, what became of the job. */
#define NEXT_TRIES 20U

static uint64_t now(const struct follow *follow)
{
        uint64_t usec = 0;

        (void) sd_event_now(follow->event, CLOCK_MONOTONIC, &usec);
        return usec;
}

static void draw(struct follow *follow)
{
        uint64_t usec = now(follow);

        if (!follow->context->quiet)
                progress_draw(follow->job, usec > follow->began ? usec - follow->began : 0);
}

/* A job that waits says nothing: the time goes on all the same. */
static int on_second(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) usec;

        draw(userdata);
        (void) sd_event_source_set_time_relative(source, USEC_PER_SEC);
        (void) sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
}

static int on_changed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct follow *follow = userdata;
        _cleanup_json_ json_object *changed = NULL;
        const char *interface;

        (void) error;

        if (!follow->path || strcmp(sd_bus_message_get_path(m), follow->path) != 0)
                return 0;
        if (sd_bus_message_read(m, "s", &interface) < 0 || strcmp(interface, MEMCTL_IFACE_JOB) != 0 ||
            value_read(m, &changed) < 0)
                return 0;
        json_object_object_foreach(changed, name, value)
        {
                json_object_object_add(follow->job, name, json_object_get(value));
        }
        draw(follow);
        return 0;
}

static int on_finished(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct follow *follow = userdata;
        const char *result;

        (void) error;

        if (!follow->path || strcmp(sd_bus_message_get_path(m), follow->path) != 0)
                return 0;
        if (sd_bus_message_read(m, "s", &result) >= 0)
                json_object_object_add(follow->job, "Result", json_object_new_string(result));
        follow->outcome = FOLLOW_FINISHED;
        return 0;
}

static int on_lost(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct follow *follow = userdata;

        (void) m;
        (void) error;

        if (follow->path) /* else the call that starts the job fails by itself */
                follow->outcome = FOLLOW_LOST;
        return 0;
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const char *name, *old, *new;

        if (sd_bus_message_read(m, "sss", &name, &old, &new) >= 0 && strcmp(name, MEMCTL_BUS_NAME) == 0 &&
            *old)
                return on_lost(m, userdata, error);
        return 0;
}

void follow_send_cancel(struct follow *follow)
{
        sd_bus_message *call = NULL;

        if (client_new_call(follow->context, follow->path, MEMCTL_IFACE_JOB, "Cancel", &call) != EXIT_DONE ||
            sd_bus_send(follow->context->bus, call, NULL) < 0)
                follow->outcome = FOLLOW_LOST;
        sd_bus_message_unref(call);
}

static int on_given_up(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct follow *follow = userdata;

        (void) source;
        (void) usec;

        follow->outcome = FOLLOW_LEFT;
        return 0;
}

/*
 * Before there is a job: somebody may be asked for a password. memctld forgets a caller who is gone; but it
 * may have begun just now, so its answer is waited for a moment.
 */
static int give_up(struct follow *follow)
{
        if (follow->giving_up) {
                follow->outcome = FOLLOW_LEFT;
                return 0;
        }
        follow->giving_up = true;
        agent_close(follow->context);
        return sd_event_add_time_relative(follow->event, NULL, CLOCK_MONOTONIC, GIVE_UP_USEC, 0, on_given_up,
                                          follow);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct follow *follow = userdata;

        (void) source;
        (void) info;

        if (follow->cancels && !follow->path)
                return give_up(follow);
        progress_clear();
        if (!follow->cancels || follow->cancelling) {
                say("left; the job goes on in memctld");
                follow->outcome = FOLLOW_LEFT;
                return 0;
        }

        say(compact_is_it(follow->job)
                    ? "cancelling (again to leave that to memctld)"
                    : "cancelling, and putting back what went (again to leave that to memctld)");
        follow->cancelling = true;
        follow_send_cancel(follow);
        return 0;
}

static int watch_signals(struct follow *follow)
{
        static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
        sigset_t set;

        sigemptyset(&set);
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                sigaddset(&set, numbers[i]);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                int r = sd_event_add_signal(follow->event, NULL, numbers[i], on_signal, follow);

                if (r < 0)
                        return r;
        }
        return 0;
}

/* Before the job is started, so that nothing it says is missed. */
static int watch_bus(struct follow *follow)
{
        sd_bus *bus = follow->context->bus;
        const char *sender = client_destination(follow->context);
        int r;

        r = sd_bus_match_signal(bus, NULL, sender, NULL, "org.freedesktop.DBus.Properties",
                                "PropertiesChanged", on_changed, follow);
        if (r >= 0)
                r = sd_bus_match_signal(bus, NULL, sender, NULL, MEMCTL_IFACE_JOB, "Finished", on_finished,
                                        follow);
        if (r >= 0)
                r = sd_bus_match_signal(bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                                        "org.freedesktop.DBus.Local", "Disconnected", on_lost, follow);
        if (r >= 0 && sender)
                r = sd_bus_match_signal(bus, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "NameOwnerChanged", on_owner_changed,
                                        follow);
        return r;
}

int follow_begin(struct follow *follow)
{
        int r;

        r = sd_event_default(&follow->event);
        if (r >= 0)
                r = watch_signals(follow);
        if (r >= 0)
                r = watch_bus(follow);
        if (r >= 0)
                r = sd_bus_attach_event(follow->context->bus, follow->event, SD_EVENT_PRIORITY_NORMAL);
        return r < 0 ? client_failed(follow->context, NULL, r) : EXIT_DONE;
}

static int get_job(struct follow *follow)
{
        json_object *job = NULL;
        uint64_t elapsed;
        int status;

        status = value_get_all(follow->context, follow->path, MEMCTL_IFACE_JOB, &job);
        if (status == EXIT_DONE) {
                json_object_put(follow->job);
                follow->job = job;
                elapsed = value_number(job, "ElapsedUSec");
                follow->began = now(follow) > elapsed ? now(follow) - elapsed : 0;
        }
        return status;
}

static bool is_same(json_object *a, json_object *b, const char *name)
{
        return strcmp(value_text(a, name), value_text(b, name)) == 0;
}

/* memctld was stopped, or died: the next one, if there is one, knows how the job ended. It is not started
 * for that. */
static bool ask_next(struct follow *follow)
{
        static const struct timespec pause = { .tv_nsec = 500000000 };

        for (unsigned int i = 0; i < NEXT_TRIES && !follow->context->private; i++) {
                _cleanup_json_ json_object *job = NULL;

                /* one that the next memctld has begun since may have its number */
                if (value_try_all(follow->context, follow->path, MEMCTL_IFACE_JOB, &job) &&
                    is_same(job, follow->job, "Verb") && is_same(job, follow->job, "Target") &&
                    strcmp(value_text(job, "State"), MEMCTL_JOB_FINISHED) == 0) {
                        json_object_put(follow->job);
                        follow->job = TAKE_PTR(job);
                        return true;
                }
                (void) nanosleep(&pause, NULL);
        }
        return false;
}

static int get_end(struct follow *follow)
{
        if (follow->outcome != FOLLOW_LOST && get_job(follow) == EXIT_DONE)
                return EXIT_DONE;
        if (ask_next(follow) || *value_text(follow->job, "Result")) {
                say("memctld was stopped meanwhile");
                return EXIT_DONE;
        }
        complain("failed", "memctld is gone; what became of %s is not known (see memctl job list)",
                 value_text(follow->job, "Target"));
        return EXIT_FAILED;
}

int follow_to_end(struct follow *follow)
{
        int r = 0, status;

        status = get_job(follow);
        if (status != EXIT_DONE)
                return status;

        if (strcmp(value_text(follow->job, "State"), MEMCTL_JOB_FINISHED) != 0) {
                draw(follow);
                if (isatty(STDERR_FILENO)) {
                        r = sd_event_add_time_relative(follow->event, NULL, CLOCK_MONOTONIC, USEC_PER_SEC, 0,
                                                       on_second, follow);
                }
                if (r < 0)
                        return client_failed(follow->context, NULL, r);
                /* not sd_event_loop(): its end would close the bus, and there is still something to ask */
                while (r >= 0 && follow->outcome == FOLLOW_GOES_ON)
                        r = sd_event_run(follow->event, UINT64_MAX);
                progress_clear();
                if (r < 0)
                        return client_failed(follow->context, NULL, r);
                if (follow->outcome == FOLLOW_LEFT) {
                        /* A private memctld puts things back alone, in its own session; nobody waits for it.
                         */
                        follow->context->daemon = 0;
                        return EXIT_FAILED;
                }
                status = get_end(follow);
                if (status != EXIT_DONE)
                        return status;
        }
        reasons_complete(follow->context, follow->job);
        return result_print(follow->context, follow->job);
}

void follow_end(struct follow *follow)
{
        (void) sd_bus_detach_event(follow->context->bus);
        json_object_put(follow->job);
        sd_bus_message_unref(follow->started);
        sd_event_unref(follow->event);
}

int follow_job(struct context *context, const char *path)
{
        struct follow follow = { .context = context, .path = path };
        int status;

        status = follow_begin(&follow);
        if (status == EXIT_DONE)
                status = follow_to_end(&follow);
        follow_end(&follow);
        return status;
}

int follow_cancel(struct context *context, const char *path)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status;

        status = client_new_call(context, path, MEMCTL_IFACE_JOB, "Cancel", &call);
        if (status == EXIT_DONE)
                status = client_call(context, call, &reply);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}
