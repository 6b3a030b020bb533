/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * monitor: what memctld tells of, a line an event, until Ctrl-C or until nobody reads any more.
 */
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/event.h"
#include "cli/show/output.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <time.h>

struct monitor {
        struct context *context;
        sd_event *event;
        bool over;
        int status; /* once it is over */
};

static void end(struct monitor *monitor, int status)
{
        if (!monitor->over)
                monitor->status = status;
        monitor->over = true;
}

static void print(json_object *event, bool json)
{
        _cleanup_free_ char *text = NULL;
        time_t now = time(NULL);
        char clock[16] = "";
        struct tm local;

        if (json) {
                (void) puts(json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN |
                                                                          JSON_C_TO_STRING_NOSLASHESCAPE));
                return;
        }
        text = event_text(event);
        if (localtime_r(&now, &local))
                (void) strftime(clock, sizeof(clock), "%H:%M:%S", &local);
        tell("%s  %s", clock, text ? text : "?");
}

/* Takes the event; NULL is none. */
static void tell_event(struct monitor *monitor, json_object *event)
{
        if (!event || monitor->over) {
                json_object_put(event);
                return;
        }
        output_begin(monitor->context, false);
        errno = 0;
        print(event, monitor->context->output != OUTPUT_TEXT);
        json_object_put(event);
        if (fflush(stdout) == 0 && !ferror(stdout))
                return;
        end(monitor, errno == EPIPE ? EXIT_DONE : output_finish());
}

static int on_changed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_json_ json_object *changed = NULL;
        const char *interface;

        (void) error;

        if (sd_bus_message_read(m, "s", &interface) >= 0 && value_read(m, &changed) >= 0)
                tell_event(userdata, event_of_change(sd_bus_message_get_path(m), interface, changed));
        return 0;
}

static int on_added(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_json_ json_object *interfaces = NULL;
        const char *path;

        (void) error;

        if (sd_bus_message_read(m, "o", &path) >= 0 && value_read(m, &interfaces) >= 0)
                tell_event(userdata, event_of_added(path, interfaces));
        return 0;
}

static int on_removed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_json_ json_object *interfaces = NULL;
        const char *path;

        (void) error;

        if (sd_bus_message_read(m, "o", &path) >= 0 && value_read(m, &interfaces) >= 0 &&
            value_is_list_of(interfaces, json_type_string))
                tell_event(userdata, event_of_removed(path, interfaces));
        return 0;
}

static int on_finished(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const char *result;

        (void) error;

        if (sd_bus_message_read(m, "s", &result) >= 0)
                tell_event(userdata, event_of_end(sd_bus_message_get_path(m), result));
        return 0;
}

static int on_cma_failed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_json_ json_object *failure = NULL;
        const char *area;

        (void) error;

        if (sd_bus_message_read(m, "s", &area) >= 0 && value_read(m, &failure) >= 0)
                tell_event(userdata, event_of_failure(area, failure));
        return 0;
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const char *name, *old, *new;

        (void) error;

        if (sd_bus_message_read(m, "sss", &name, &old, &new) < 0 || strcmp(name, MEMCTL_BUS_NAME) != 0)
                return 0;
        if (*old)
                tell_event(userdata, event_new("service_gone"));
        if (*new)
                tell_event(userdata, event_new("service_started"));
        return 0;
}

static int on_lost(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct monitor *monitor = userdata;

        (void) m, (void) error;

        tell_event(monitor, event_new("connection_lost"));
        if (!monitor->over)
                end(monitor, client_failed(monitor->context, NULL, -ECONNRESET));
        return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        (void) source, (void) info;

        end(userdata, EXIT_DONE);
        return 0;
}

/* Nobody reads any more. */
static int on_closed(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        (void) source, (void) fd, (void) events;

        end(userdata, EXIT_DONE);
        return 0;
}

static int watch_process(struct monitor *monitor)
{
        static const int numbers[] = { SIGINT, SIGTERM };
        sigset_t set;
        int r = 0;

        (void) signal(SIGPIPE, SIG_IGN);
        sigemptyset(&set);
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                sigaddset(&set, numbers[i]);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(numbers); i++)
                r = sd_event_add_signal(monitor->event, NULL, numbers[i], on_signal, monitor);
        if (r >= 0) {
                r = sd_event_add_io(monitor->event, NULL, STDOUT_FILENO, EPOLLERR, on_closed, monitor);
                if (r == -EPERM) /* a file has no other end */
                        r = 0;
        }
        return r;
}

static int watch_bus(struct monitor *monitor)
{
        static const char properties[] = "org.freedesktop.DBus.Properties";
        static const char manager[] = "org.freedesktop.DBus.ObjectManager";
        const char *sender = client_destination(monitor->context);
        const struct {
                const char *sender, *path, *interface, *member;
                sd_bus_message_handler_t handler;
        } signals[] = {
                { sender, NULL, properties, "PropertiesChanged", on_changed },
                { sender, MEMCTL_BUS_PATH, manager, "InterfacesAdded", on_added },
                { sender, MEMCTL_BUS_PATH, manager, "InterfacesRemoved", on_removed },
                { sender, NULL, MEMCTL_IFACE_JOB, "Finished", on_finished },
                { sender, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "CmaFailed", on_cma_failed },
                { NULL, "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local", "Disconnected",
                  on_lost },
                { "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                  "NameOwnerChanged", on_owner_changed },
        };
        sd_bus *bus = monitor->context->bus;
        int r = 0;

        /* the last one: over a socket pair there are no names */
        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(signals) - !sender; i++)
                r = sd_bus_match_signal(bus, NULL, signals[i].sender, signals[i].path, signals[i].interface,
                                        signals[i].member, signals[i].handler, monitor);
        return r < 0 ? r : sd_bus_attach_event(bus, monitor->event, SD_EVENT_PRIORITY_NORMAL);
}

/* Now that nothing is missed any more: whoever reads may begin. */
static int tell_start(struct monitor *monitor)
{
        _cleanup_json_ json_object *properties = NULL;
        json_object *event;
        int status;

        status = value_get_all(monitor->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, &properties);
        if (status != EXIT_DONE)
                return status;
        event = event_new("started");
        json_object_object_add(event, "version", value_or_null(properties, "Version"));
        tell_event(monitor, event);
        return EXIT_DONE;
}

int verb_monitor(struct context *context)
{
        struct monitor monitor = { .context = context };
        int status = EXIT_DONE, r;

        if (context->root) {
                complain("usage", "--root is a tree, in which nothing happens");
                return EXIT_USAGE;
        }
        r = sd_event_default(&monitor.event);
        if (r >= 0)
                r = watch_process(&monitor);
        if (r >= 0)
                r = watch_bus(&monitor);
        if (r >= 0)
                status = tell_start(&monitor);
        /* not sd_event_loop(): its end would close the bus */
        while (r >= 0 && status == EXIT_DONE && !monitor.over)
                r = sd_event_run(monitor.event, UINT64_MAX);
        (void) sd_bus_detach_event(context->bus);
        sd_event_unref(monitor.event);
        if (r < 0)
                return client_failed(context, NULL, r);
        return status != EXIT_DONE ? status : monitor.status;
}
