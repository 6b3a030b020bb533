/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A polkit for tests: prints each question as a line, "ACTION FLAGS KEY=VALUE;...", and answers "yes", "no"
 * or, with "never", not at all. The bus is the system bus, as $DBUS_SYSTEM_BUS_ADDRESS says.
 */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

static const char *answer;

static int check(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const char *action, *key, *value;
        char details[1024] = "";
        uint32_t flags;
        int r;

        (void) userdata;
        (void) error;

        r = sd_bus_message_skip(m, "(sa{sv})");
        if (r >= 0)
                r = sd_bus_message_read(m, "s", &action);
        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "{ss}");
        while (r >= 0 && (r = sd_bus_message_read(m, "{ss}", &key, &value)) > 0)
                (void) snprintf(details + strlen(details), sizeof(details) - strlen(details), "%s=%s;", key,
                                value);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
                r = sd_bus_message_read(m, "us", &flags, NULL);
        if (r < 0)
                return r;
        (void) printf("%s %u %s\n", action, flags, details);
        (void) fflush(stdout);
        if (strcmp(answer, "never") == 0)
                return 1;
        return sd_bus_reply_method_return(m, "(bba{ss})", strcmp(answer, "yes") == 0, 0, 0);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("CheckAuthorization", "(sa{sv})sa{ss}us", "(bba{ss})", check,
                      SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int main(int argc, char **argv)
{
        sd_bus *bus;

        answer = argc > 1 ? argv[1] : "yes";
        if (sd_bus_open_system(&bus) < 0 ||
            sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/PolicyKit1/Authority",
                                     "org.freedesktop.PolicyKit1.Authority", vtable, NULL) < 0 ||
            sd_bus_request_name(bus, "org.freedesktop.PolicyKit1", 0) < 0)
                return 1;
        (void) puts("ready");
        (void) fflush(stdout);
        while (sd_bus_process(bus, NULL) > 0 || sd_bus_wait(bus, UINT64_MAX) >= 0)
                ;
        return 0;
}
