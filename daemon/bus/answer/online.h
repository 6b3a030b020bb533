/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of new memory, as one dictionary: docs/bus.md has its entries.
 */
#ifndef MEMCTL_BUS_ANSWER_ONLINE_H
#define MEMCTL_BUS_ANSWER_ONLINE_H

#include "daemon/onlining/onlining.h"
#include "daemon/onlining/preview.h"

#include <systemd/sd-bus.h>

struct online_answer {
        struct onlining_view view;          /* its configuration is not looked at */
        const struct online_config *config; /* what is in force, or what the files say */
        const char *fault;                  /* or NULL */
        const struct onlining_read *read;   /* of the kernel's settings, and who else decides */
        struct online_machine machine;
        const struct previews *previews; /* NULL: it was not asked what would be done */
};

/* Appends an a{sv}. 0 or -errno. */
int online_append(sd_bus_message *m, const struct online_answer *answer);

#endif
