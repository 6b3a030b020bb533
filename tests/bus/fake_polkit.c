/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stands in for polkitd: fake_polkit ACTION=yes|no|challenge|wait... answers so (no, where the action is not
 * named), and writes what it is asked to stdout: "check ACTION FLAGS", "cancel". With wait it answers when
 * the check is cancelled.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#define WAITING_MAX 128

static struct {
        char id[64];
        sd_bus_message *call;
} waiting[WAITING_MAX];

static char **rules;

static const char *rule_of(const char *action)
{
        size_t length = strlen(action);

        for (char **rule = rules; *rule; rule++)
                if (strncmp(*rule, action, length) == 0 && (*rule)[length] == '=')
                        return *rule + length + 1;
        return "no";
}

static int wait_for_cancel(sd_bus_message *m, const char *id)
{
        for (size_t i = 0; i < WAITING_MAX; i++)
                if (!waiting[i].call) {
                        (void) snprintf(waiting[i].id, sizeof(waiting[i].id), "%s", id);
                        waiting[i].call = sd_bus_message_ref(m);
                        return 1;
                }
        return -ENOBUFS;
}

static int check(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const char *action, *id, *rule;
        uint32_t flags;
        int r;

        (void) userdata, (void) error;

        r = sd_bus_message_skip(m, "(sa{sv})");
        if (r >= 0)
                r = sd_bus_message_read(m, "s", &action);
        if (r >= 0)
                r = sd_bus_message_skip(m, "a{ss}");
        if (r >= 0)
                r = sd_bus_message_read(m, "us", &flags, &id);
        if (r < 0)
                return r;
        (void) printf("check %s %u\n", action, flags);
        rule = rule_of(action);
        if (strcmp(rule, "wait") == 0)
                return wait_for_cancel(m, id);
        return sd_bus_reply_method_return(m, "(bba{ss})", strcmp(rule, "yes") == 0,
                                          strcmp(rule, "challenge") == 0, 0);
}

static int cancel(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const char *id;
        int r;

        (void) userdata, (void) error;

        r = sd_bus_message_read(m, "s", &id);
        if (r < 0)
                return r;
        for (size_t i = 0; i < WAITING_MAX; i++)
                if (waiting[i].call && strcmp(waiting[i].id, id) == 0) {
                        (void) sd_bus_reply_method_errorf(
                                waiting[i].call, "org.freedesktop.PolicyKit1.Error.Cancelled", "cancelled");
                        waiting[i].call = sd_bus_message_unref(waiting[i].call);
                        (void) puts("cancel");
                        return sd_bus_reply_method_return(m, NULL);
                }
        (void) puts("cancel of what is not asked");
        return -ENOENT;
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("CheckAuthorization", "(sa{sv})sa{ss}us", "(bba{ss})", check,
                      SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("CancelCheckAuthorization", "s", NULL, cancel, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int main(int argc, char **argv)
{
        sd_event *event = NULL;
        sd_bus *bus = NULL;
        int r;

        (void) argc;

        rules = argv + 1;
        (void) setvbuf(stdout, NULL, _IOLBF, 0);
        r = sd_event_default(&event);
        if (r >= 0)
                r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/PolicyKit1/Authority",
                                             "org.freedesktop.PolicyKit1.Authority", vtable, NULL);
        if (r >= 0)
                r = sd_bus_request_name(bus, "org.freedesktop.PolicyKit1", 0);
        if (r >= 0)
                r = sd_bus_attach_event(bus, event, 0);
        if (r >= 0)
                (void) puts("ready");
        if (r >= 0)
                r = sd_event_loop(event);
        if (r < 0)
                (void) fprintf(stderr, "fake_polkit: %s\n", strerror(-r));
        for (size_t i = 0; i < WAITING_MAX; i++)
                sd_bus_message_unref(waiting[i].call);
        sd_bus_unref(bus);
        sd_event_unref(event);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
