/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls memctld many times at once: bus_flood N BYTES sends N calls of Manager.Survey, each with one range
 * of so many bytes, says "sent", and then a line for each answer: "reply", or the error's name and message.
 * Ends with stdin.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <unistd.h>

static int on_answer(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);

        (void) userdata, (void) unused;

        if (error)
                (void) printf("%s %s\n", error->name, error->message);
        else
                (void) puts("reply");
        return 1;
}

static int send_call(sd_bus *bus, const char *range)
{
        sd_bus_message *call = NULL;
        int r;

        r = sd_bus_message_new_method_call(bus, &call, "org.memctl1", "/org/memctl1", "org.memctl1.Manager",
                                           "Survey");
        if (r >= 0)
                r = sd_bus_message_append(call, "as", 1, range);
        if (r >= 0)
                r = sd_bus_call_async(bus, NULL, call, on_answer, NULL, UINT64_MAX);
        sd_bus_message_unref(call);
        return r < 0 ? r : sd_bus_flush(bus);
}

static int on_stdin(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        char text[64];

        (void) events, (void) userdata;

        return read(fd, text, sizeof(text)) > 0 ? 0 : sd_event_exit(sd_event_source_get_event(source), 0);
}

int main(int argc, char **argv)
{
        size_t n = argc > 2 ? strtoul(argv[1], NULL, 10) : 0, size = n ? strtoul(argv[2], NULL, 10) : 0;
        char *range = calloc(1, size + 1);
        sd_event *event = NULL;
        sd_bus *bus = NULL;
        int r;

        if (!range)
                return EXIT_FAILURE;
        memset(range, '0', size);
        (void) setvbuf(stdout, NULL, _IOLBF, 0);
        r = sd_event_default(&event);
        if (r >= 0)
                r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_attach_event(bus, event, 0);
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = send_call(bus, range);
        if (r >= 0)
                r = sd_event_add_io(event, NULL, STDIN_FILENO, EPOLLIN, on_stdin, NULL);
        if (r >= 0)
                (void) puts("sent");
        if (r >= 0)
                r = sd_event_loop(event);
        if (r < 0)
                (void) fprintf(stderr, "bus_flood: %s\n", strerror(-r));
        sd_bus_unref(bus);
        sd_event_unref(event);
        free(range);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
