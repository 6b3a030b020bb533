/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/follow.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/progress.h"
#include "cli/show/result.h"
#include "memctl/bus.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <unistd.h>

/* How the following ended. */
enum outcome { FOLLOW_GOES_ON, FOLLOW_FINISHED, FOLLOW_LOST, FOLLOW_LEFT };

#define USEC_PER_SEC UINT64_C(1000000)

struct follow {
        struct context *context;
        sd_event *event;
        const char *path; /* NULL until the job is started */
        json_object *job;
        uint64_t began; /* CLOCK_MONOTONIC, microseconds, by our clock */
        bool cancels;   /* Ctrl-C cancels the job */
        bool cancelling;
        enum outcome outcome;
};

static uint64_t now(const struct follow *follow)
{
        uint64_t usec = 0;

        (void) sd_event_now(follow->event, CLOCK_MONOTONIC, &usec);
        return usec;
}

static void draw(struct follow *follow)
{
        uint64_t usec = now(follow);

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

/* Without waiting: the answer is the end of the job. */
static int send_cancel(struct follow *follow)
{
        sd_bus_message *call = NULL;

        if (client_new_call(follow->context, follow->path, MEMCTL_IFACE_JOB, "Cancel", &call) != EXIT_DONE ||
            sd_bus_send(follow->context->bus, call, NULL) < 0)
                follow->outcome = FOLLOW_LOST;
        sd_bus_message_unref(call);
        return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        struct follow *follow = userdata;

        (void) source;
        (void) info;

        progress_clear();
        if (!follow->cancels || follow->cancelling) {
                say("left; the job goes on in memctld");
                follow->outcome = FOLLOW_LEFT;
                return 0;
        }

        say("cancelling, and putting back what went (again to leave that to memctld)");
        follow->cancelling = true;
        return send_cancel(follow);
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

static int follow_start(struct follow *follow)
{
        int r;

        r = sd_event_default(&follow->event);
        if (r >= 0)
                r = watch_signals(follow);
        if (r >= 0)
                r = watch_bus(follow);
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

static int follow_to_end(struct follow *follow)
{
        int r, status;

        status = get_job(follow);
        if (status != EXIT_DONE)
                return status;

        if (strcmp(value_text(follow->job, "State"), MEMCTL_JOB_FINISHED) != 0) {
                draw(follow);
                r = sd_bus_attach_event(follow->context->bus, follow->event, SD_EVENT_PRIORITY_NORMAL);
                if (r >= 0 && isatty(STDERR_FILENO)) {
                        r = sd_event_add_time_relative(follow->event, NULL, CLOCK_MONOTONIC, USEC_PER_SEC, 0,
                                                       on_second, follow);
                }
                if (r < 0)
                        return client_failed(follow->context, NULL, r);
                /* not sd_event_loop(): its end would close the bus, and there is still something to ask */
                while (r >= 0 && follow->outcome == FOLLOW_GOES_ON)
                        r = sd_event_run(follow->event, UINT64_MAX);
                progress_clear();
                (void) sd_bus_detach_event(follow->context->bus);
                if (r < 0)
                        return client_failed(follow->context, NULL, r);
                if (follow->outcome == FOLLOW_LEFT) {
                        /* A private memctld puts things back alone, in its own session; nobody waits for it.
                         */
                        follow->context->daemon = 0;
                        return EXIT_FAILED;
                }
                if (follow->outcome == FOLLOW_LOST) {
                        say("memctld is gone; what became of %s is not known (see memctl job list)",
                            value_text(follow->job, "Target"));
                        return EXIT_FAILED;
                }
                status = get_job(follow);
                if (status != EXIT_DONE)
                        return status;
        }
        return result_print(follow->context, follow->job);
}

static void follow_end(struct follow *follow)
{
        json_object_put(follow->job);
        sd_event_unref(follow->event);
}

int follow_call(struct context *context, sd_bus_message *call)
{
        struct follow follow = { .context = context, .cancels = true };
        sd_bus_message *reply = NULL;
        int status;

        status = follow_start(&follow);
        if (status == EXIT_DONE)
                status = client_call(context, call, &reply);
        if (status == EXIT_DONE) {
                int r = sd_bus_message_read(reply, "o", &follow.path);

                status = r < 0 ? client_failed(context, NULL, r) : follow_to_end(&follow);
        }
        follow_end(&follow);
        sd_bus_message_unref(reply);
        return status;
}

int follow_job(struct context *context, const char *path)
{
        struct follow follow = { .context = context, .path = path };
        int status;

        status = follow_start(&follow);
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
