/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/polkit.h"

#include "daemon/bus/caller/prompt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define AUTHORITY                                                                                           \
        "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",                              \
                "org.freedesktop.PolicyKit1.Authority"

/* polkit's AllowUserInteraction */
#define ALLOW_INTERACTION 1U

/* How long a person may take to answer polkit's agent. */
#define TIMEOUT_USEC (5 * 60 * UINT64_C(1000000))

struct polkit_question {
        sd_bus *bus;
        sd_bus_slot *slot;
        char id[32]; /* by which it can be taken back; "" once it is answered */
        polkit_done_t done;
        void *userdata;
};

static enum polkit_answer read_answer(sd_bus_message *reply)
{
        int authorized, challenge;

        if (sd_bus_message_is_method_error(reply, NULL) ||
            sd_bus_message_enter_container(reply, 'r', "bba{ss}") < 0 ||
            sd_bus_message_read(reply, "bb", &authorized, &challenge) < 0)
                return POLKIT_MISSING;
        return authorized ? POLKIT_YES : challenge ? POLKIT_CHALLENGE : POLKIT_NO;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct polkit_question *question = userdata;

        (void) error;

        /* one whose time is over is still open to polkit */
        if (!sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NO_REPLY))
                question->id[0] = '\0';
        question->done(question->userdata, read_answer(reply));
        return 1;
}

int polkit_ask(sd_bus *bus, sd_bus_message *call, const char *action, bool interactive, polkit_done_t done,
               void *userdata, struct polkit_question **ret)
{
        _cleanup_(polkit_question_freep) struct polkit_question *question = calloc(1, sizeof(*question));
        static uint64_t last_id;
        sd_bus_message *check = NULL;
        char id[sizeof(question->id)];
        int r;

        if (!question)
                return -ENOMEM;
        question->bus = sd_bus_ref(bus);
        question->done = done;
        question->userdata = userdata;
        (void) snprintf(id, sizeof(id), "memctl-%" PRIu64, ++last_id);
        r = sd_bus_message_new_method_call(bus, &check, AUTHORITY, "CheckAuthorization");
        if (r >= 0)
                r = sd_bus_message_append(check, "(sa{sv})s", "system-bus-name", 1, "name", "s",
                                          sd_bus_message_get_sender(call), action);
        if (r >= 0)
                r = prompt_append(check, call);
        if (r >= 0)
                r = sd_bus_message_append(check, "us", interactive ? ALLOW_INTERACTION : 0U, id);
        if (r >= 0)
                r = sd_bus_call_async(bus, &question->slot, check, on_reply, question, TIMEOUT_USEC);
        sd_bus_message_unref(check);
        if (r < 0)
                return r;
        (void) snprintf(question->id, sizeof(question->id), "%s", id);
        *ret = TAKE_PTR(question);
        return 0;
}

static void take_back(struct polkit_question *question)
{
        sd_bus_message *call = NULL;

        if (sd_bus_message_new_method_call(question->bus, &call, AUTHORITY, "CancelCheckAuthorization") >=
                    0 &&
            sd_bus_message_append(call, "s", question->id) >= 0 &&
            sd_bus_message_set_expect_reply(call, false) >= 0 &&
            sd_bus_message_set_auto_start(call, false) >= 0)
                (void) sd_bus_send(question->bus, call, NULL);
        sd_bus_message_unref(call);
}

struct polkit_question *polkit_question_free(struct polkit_question *question)
{
        if (!question)
                return NULL;

        if (question->id[0] != '\0')
                take_back(question);
        sd_bus_slot_unref(question->slot);
        sd_bus_unref(question->bus);
        free(question);
        return NULL;
}
