/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/auth.h"

#include "daemon/bus/prompt.h"
#include "memctl/bus.h"

#include <errno.h>

/* polkit's AllowUserInteraction */
#define CHECK_ALLOW_INTERACTION 1U

/* How long a person may take to answer polkit's agent. */
#define CHECK_TIMEOUT_USEC (5 * 60 * UINT64_C(1000000))

struct check {
        struct server *server;
        sd_bus_message *call;
        const char *action; /* static */
        auth_method_t method;
};

static void check_free(void *p)
{
        struct check *check = p;

        sd_bus_message_unref(check->call);
        free(check);
}

static int sender_is_root(sd_bus_message *m)
{
        sd_bus_creds *creds = NULL;
        uid_t uid;
        int r;

        r = sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID, &creds);
        if (r < 0)
                return r;
        r = sd_bus_creds_get_euid(creds, &uid);
        sd_bus_creds_unref(creds);
        return r < 0 ? r : uid == 0;
}

static int refuse(sd_bus_error *error, const char *why)
{
        return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_AUTHORIZED, "not authorized: %s", why);
}

static int read_answer(sd_bus_message *reply, const char *action, sd_bus_error *error)
{
        int authorized, challenge, r;

        if (sd_bus_message_is_method_error(reply, NULL))
                return refuse(error, "polkit could not be asked, so only root may do this");
        r = sd_bus_message_enter_container(reply, 'r', "bba{ss}");
        if (r < 0)
                return r;
        r = sd_bus_message_read(reply, "bb", &authorized, &challenge);
        if (r < 0)
                return r;
        if (authorized)
                return 0;
        /* the action is what a rule of polkit's is written for */
        return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_AUTHORIZED,
                                 challenge ? "not authorized: polkit wants a password for %s, and nobody can be asked for one "
                                             "here; run this as root, or have a rule of polkit allow the action"
                                           : "not authorized: polkit says no to %s; run this as root, or have a rule of "
                                             "polkit allow the action",
                                 action);
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        struct check *check = userdata;
        int r;

        (void) unused;

        r = read_answer(reply, check->action, &error);
        if (r >= 0)
                r = check->method(check->server, check->call, &error);
        if (r < 0)
                r = sd_bus_reply_method_errno(check->call, r, &error);
        sd_bus_error_free(&error);
        return r < 0 ? r : 1;
}

static int ask_polkit(struct server *server, sd_bus_message *m, const char *action, auth_method_t method)
{
        sd_bus_message *call = NULL;
        sd_bus_slot *slot = NULL;
        struct check *check;
        int r;

        r = sd_bus_message_new_method_call(server->bus, &call, "org.freedesktop.PolicyKit1",
                                           "/org/freedesktop/PolicyKit1/Authority",
                                           "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "(sa{sv})s", "system-bus-name", 1, "name", "s",
                                  sd_bus_message_get_sender(m), action);
        if (r >= 0)
                r = prompt_append(call, m);
        if (r >= 0)
                r = sd_bus_message_append(
                        call, "us",
                        sd_bus_message_get_allow_interactive_authorization(m) > 0 ? CHECK_ALLOW_INTERACTION : 0U, "");
        if (r < 0)
                goto finish;

        check = calloc(1, sizeof(*check));
        if (!check) {
                r = -ENOMEM;
                goto finish;
        }
        check->server = server;
        check->call = sd_bus_message_ref(m);
        check->action = action;
        check->method = method;

        r = sd_bus_call_async(server->bus, &slot, call, on_answer, check, CHECK_TIMEOUT_USEC);
        if (r < 0) {
                check_free(check);
                goto finish;
        }
        /* The slot lives until the answer is in, and frees the check with itself. */
        sd_bus_slot_set_destroy_callback(slot, check_free);
        sd_bus_slot_set_floating(slot, true);
        sd_bus_slot_unref(slot);
        r = 1;
finish:
        sd_bus_message_unref(call);
        return r;
}

int auth_run(struct server *server, sd_bus_message *m, const char *action, auth_method_t method,
             sd_bus_error *error)
{
        int r;

        if (server->private || sender_is_root(m) > 0)
                return method(server, m, error);

        r = ask_polkit(server, m, action, method);
        return r < 0 ? refuse(error, "polkit could not be asked, so only root may do this") : r;
}
