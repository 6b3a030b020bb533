/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListErrorCounts: what the kernel knows of failing memory. The errors of DIMMs are as of then, too.
 */
#include "daemon/bus/answer/failing.h"

#include "daemon/bus/answer/reading.h"
#include "daemon/bus/context/context.h"
#include "daemon/machine/dimm.h"

static int take_errors(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                       char **message)
{
        (void) call, (void) message;

        dimms_take_errors(server_snapshot(server), &answer->edac);
        return 0;
}

/* EDAC's own labels: (label, controller, corrected, uncorrected, placed). */
static int append_errors(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                         const struct reading_answer *answer, bool full)
{
        const struct edac *edac = &answer->edac;
        int r;

        (void) server, (void) call, (void) full;

        r = sd_bus_message_open_container(reply, 'a', "(suxxb)");
        for (size_t i = 0; r >= 0 && i < edac->n_counts; i++) {
                const struct edac_counts *counts = &edac->counts[i];

                r = sd_bus_message_append(reply, "(suxxb)", counts->label, counts->controller,
                                          counts->corrected, counts->uncorrected, counts->placed);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_append(reply, "x", answer->corrupted_bytes);
}

/* Anybody may ask, and what is asked for is small: 128 DIMMs have 384 files. */
int bus_list_error_counts(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = take_errors, .append = append_errors };

        return bus_answer_reading(userdata, m, READING_ERRORS, &reply, error);
}
