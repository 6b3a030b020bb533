/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks polkit whether somebody on the bus may do something.
 */
#ifndef MEMCTL_BUS_POLKIT_H
#define MEMCTL_BUS_POLKIT_H

#include "basic/cleanup.h"

#include <stdbool.h>
#include <systemd/sd-bus.h>

enum polkit_answer {
        POLKIT_YES,
        POLKIT_NO,
        POLKIT_CHALLENGE, /* it wants a password, and cannot or may not ask for it */
        POLKIT_MISSING,   /* it is not there, or does not answer */
};

struct polkit_question;

/* Called once, from the loop; the question may be freed from within. */
typedef void (*polkit_done_t)(void *userdata, enum polkit_answer answer);

/*
 * May the sender of call do action? The prompt names what the call is about. interactive: it may be asked
 * for a password, which takes up to five minutes. 0 or -errno.
 */
int polkit_ask(sd_bus *bus, sd_bus_message *call, const char *action, bool interactive, polkit_done_t done,
               void *userdata, struct polkit_question **ret);

/* Takes the question back, if it is not answered yet: polkit forgets it, and a prompt that is up goes away.
 */
struct polkit_question *polkit_question_free(struct polkit_question *question);
DEFINE_CLEANUP(struct polkit_question *, polkit_question_free)

#endif
