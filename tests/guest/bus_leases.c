// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A client of memctld with one connection to the system bus, and many wishes:
 *
 *   hold [USEC]    -> "held ID USEC"
 *   release ID     -> "released 1" or "released 0"
 *
 * one on each line of stdin; an error is printed as "error NAME MESSAGE". Ends with stdin.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

static int hold(sd_bus *bus, const char *usec, sd_bus_error *error)
{
        sd_bus_message *call = NULL, *reply = NULL;
        uint64_t id, lasts;
        int r;

        r = sd_bus_message_new_method_call(bus, &call, "org.memctl1", "/org/memctl1", "org.memctl1.Manager",
                                           "HoldLruCache");
        if (r >= 0)
                r = usec ? sd_bus_message_append(call, "a{sv}", 1, "timeout_usec", "t",
                                                 (uint64_t) strtoull(usec, NULL, 10))
                         : sd_bus_message_append(call, "a{sv}", 0);
        if (r >= 0)
                r = sd_bus_call(bus, call, 0, error, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "tt", &id, &lasts);
        if (r >= 0)
                (void) printf("held %" PRIu64 " %" PRIu64 "\n", id, lasts);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return r;
}

static int release(sd_bus *bus, const char *id, sd_bus_error *error)
{
        sd_bus_message *reply = NULL;
        int held, r;

        r = sd_bus_call_method(bus, "org.memctl1", "/org/memctl1", "org.memctl1.Manager", "ReleaseLruCache",
                               error, &reply, "t", (uint64_t) strtoull(id, NULL, 10));
        if (r >= 0)
                r = sd_bus_message_read(reply, "b", &held);
        if (r >= 0)
                (void) printf("released %d\n", held);
        sd_bus_message_unref(reply);
        return r;
}

int main(void)
{
        sd_bus *bus = NULL;
        char line[64];

        if (sd_bus_open_system(&bus) < 0)
                return 1;
        (void) setvbuf(stdout, NULL, _IOLBF, 0);
        while (fgets(line, sizeof(line), stdin)) {
                sd_bus_error error = SD_BUS_ERROR_NULL;
                const char *verb = strtok(line, " \n"), *argument = strtok(NULL, " \n");
                int r;

                if (verb && strcmp(verb, "hold") == 0)
                        r = hold(bus, argument, &error);
                else if (verb && argument && strcmp(verb, "release") == 0)
                        r = release(bus, argument, &error);
                else
                        break;
                if (r < 0)
                        (void) printf("error %s %s\n", error.name ? error.name : strerror(-r),
                                      error.message ? error.message : "");
                sd_bus_error_free(&error);
        }
        sd_bus_flush_close_unref(bus);
        return 0;
}
