/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/auth.h"

#include "daemon/bus/caller/caller.h"
#include "daemon/bus/caller/client.h"
#include "daemon/bus/caller/polkit.h"
#include "daemon/bus/caller/rights.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/message_size.h"
#include "memctl/bus.h"

#include <errno.h>

/* A call that waits for polkit, and may have to wait for it twice. */
struct auth_check {
        struct server *server;
        sd_bus_message *call;
        const struct right *right;
        auth_method_t method; /* or */
        auth_told_t told;
        bool asks_more; /* the greater right is what polkit is being asked about */
        bool persistent;
        struct polkit_question *question;
        struct client client;
        struct auth_check *next, *previous;
};

static struct auth_check *check_free(struct auth_check *check)
{
        if (!check)
                return NULL;

        if (check->next)
                check->next->previous = check->previous;
        if (check->previous)
                check->previous->next = check->next;
        else if (check->server->checks == check)
                check->server->checks = check->next;
        polkit_question_free(check->question);
        client_end(&check->client);
        sd_bus_message_unref(check->call);
        free(check);
        return NULL;
}
DEFINE_CLEANUP(struct auth_check *, check_free)

void auth_forget_all(struct server *server)
{
        while (server->checks)
                check_free(server->checks);
}

static void on_caller_gone(void *userdata)
{
        check_free(userdata);
}

static int run(struct auth_check *check, bool full, sd_bus_error *error)
{
        if (check->told)
                return check->told(check->server, check->call, full, error);
        return check->method ? check->method(check->server, check->call, error) : -EINVAL;
}

static int refuse(const struct right *right, enum polkit_answer answer, sd_bus_error *error)
{
        if (answer == POLKIT_MISSING)
                return sd_bus_error_setf(
                        error, MEMCTL_ERROR_NOT_AUTHORIZED,
                        "not authorized: polkit could not be asked about %s, so only root may do this",
                        right->action);
        /* the action is what a rule of polkit's is written for */
        return sd_bus_error_setf(
                error, MEMCTL_ERROR_NOT_AUTHORIZED,
                answer == POLKIT_CHALLENGE
                        ? "not authorized: polkit wants a password for %s, and nobody can be asked for one "
                          "here (over ssh, in cron, or after su, you are at no seat of the machine): run "
                          "this with sudo, or have a rule of polkit allow the action"
                        : "not authorized: polkit says no to %s: run this with sudo, or have a rule of "
                          "polkit allow the action",
                right->action);
}

static int ask(struct auth_check *check);

/* The call's end, unless there is another question. */
static void on_answer(void *userdata, enum polkit_answer answer)
{
        _cleanup_(check_freep) struct auth_check *check = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        check->question = polkit_question_free(check->question);
        if (answer == POLKIT_YES)
                r = run(check, check->asks_more, &error);
        else if (check->asks_more) {
                check->asks_more = false;
                r = ask(check);
                if (r >= 0) {
                        TAKE_PTR(check);
                        return;
                }
                r = refuse(check->right, POLKIT_MISSING, &error);
        } else
                r = refuse(check->right, answer, &error);
        if (r < 0)
                (void) sd_bus_reply_method_errno(check->call, r, &error);
        sd_bus_error_free(&error);
}

static int ask(struct auth_check *check)
{
        bool interactive = sd_bus_message_get_allow_interactive_authorization(check->call) > 0 &&
                           check->asks_more == check->persistent;

        return polkit_ask(check->server->bus, check->call,
                          check->asks_more ? check->right->more : check->right->action, interactive,
                          on_answer, check, &check->question);
}

static int wait_for_polkit(const struct auth_check *what, sd_bus_error *error)
{
        _cleanup_(check_freep) struct auth_check *check = calloc(1, sizeof(*check));
        int r;

        if (!check)
                return -ENOMEM;
        *check = *what;
        sd_bus_message_ref(check->call);
        check->next = check->server->checks;
        if (check->next)
                check->next->previous = check;
        check->server->checks = check;
        r = client_begin(&check->client, check->server, check->call, CALLER_HAS_CHECKS, on_caller_gone,
                         check, error);
        if (r < 0)
                return r;
        r = ask(check);
        if (r < 0)
                return refuse(check->right, POLKIT_MISSING, error);
        TAKE_PTR(check); /* on_answer() frees it */
        return 1;
}

static int judge(const struct auth_check *check, sd_bus_error *error)
{
        struct auth_check now = *check;
        uint32_t uid;
        int r;

        if (!check->right)
                return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_AUTHORIZED,
                                         "not authorized: nobody may do this");
        /* before the bus is asked who calls: that takes in what others have sent */
        r = message_size_check(check->call, MESSAGE_CALL_MAX);
        if (r == -E2BIG)
                return sd_bus_error_setf(
                        error, MEMCTL_ERROR_INVALID_ARGUMENT,
                        "the arguments are too large: accepted is up to %zu KiB; blocks that are "
                        "neighbours are one range",
                        MESSAGE_CALL_MAX >> 10);
        if (r < 0)
                return r;
        r = caller_uid(check->server, check->call, &uid);
        if (r >= 0 && uid == 0)
                return run(&now, true, error);
        return wait_for_polkit(check, error);
}

int auth_run_as(struct server *server, sd_bus_message *m, const char *interface, const char *member,
                auth_method_t method, sd_bus_error *error)
{
        const struct auth_check check = {
                .server = server,
                .call = m,
                .right = right_find(interface, member),
                .method = method,
        };

        return judge(&check, error);
}

int auth_run(struct server *server, sd_bus_message *m, auth_method_t method, sd_bus_error *error)
{
        return auth_run_as(server, m, sd_bus_message_get_interface(m), sd_bus_message_get_member(m), method,
                           error);
}

int auth_run_told(struct server *server, sd_bus_message *m, bool persistent, auth_told_t method,
                  sd_bus_error *error)
{
        const struct auth_check check = {
                .server = server,
                .call = m,
                .right = right_find(sd_bus_message_get_interface(m), sd_bus_message_get_member(m)),
                .told = method,
                .asks_more = true,
                .persistent = persistent,
        };

        return judge(&check, error);
}
