/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetWarmReserve and SetWarmReserve. memctl.ko is asked in a helper: it may have to give much back.
 */
#include "daemon/bus/object/warm.h"

#include "basic/message.h"
#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/core/packet.h"
#include "daemon/machine/machine.h"
#include "daemon/module/warm.h"

#include <errno.h>

#define STALL_USEC (10 * UINT64_C(1000000))

struct warming {
        struct pending *pending; /* the owner */
        struct helper *helper;
        struct machine *machine;
        bool set;
        uint64_t bytes;
        int32_t node;
        struct warm_reserve reserve; /* the answer */
};

static void free_warming(void *userdata)
{
        struct warming *warming = userdata;

        helper_free(warming->helper);
        free(warming);
}

static int work(void *userdata, struct packet *answer, char **message)
{
        const struct warming *warming = userdata;
        const struct tree *tree = warming->machine->tree;
        struct warm_reserve reserve = { 0 };
        int r = warming->set ? warm_set(tree, warming->bytes, warming->node, &reserve, message)
                             : warm_read(tree, &reserve, message);

        if (r == 0)
                return fail(message, -EOPNOTSUPP, "a warm reserve needs memctl.ko, which is not loaded");
        packet_put(answer, &reserve, sizeof(reserve));
        return r < 0 ? r : 0;
}

static int append(sd_bus_message *reply, const void *what)
{
        const struct warm_reserve *reserve = &((const struct warming *) what)->reserve;
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}", "target_bytes", "t",
                                          reserve->target_bytes, "bytes", "t", reserve->bytes,
                                          "largest_bytes", "t", reserve->longest_bytes, "runs", "u",
                                          reserve->runs);
        if (r >= 0 && reserve->node != WARM_ANY_NODE)
                r = sd_bus_message_append(reply, "{sv}", "node", "u", (uint32_t) reserve->node);
        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "short", "b", reserve->is_short,
                                          "served", "t", reserve->served, "missed", "t", reserve->missed,
                                          "given_bytes", "t", reserve->given_bytes, "filled_bytes", "t",
                                          reserve->filled_bytes);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct warming *warming = userdata;
        _cleanup_(pending_freep) struct pending *pending = warming->pending;
        const char *message = result->message;
        int r = result->error;

        if (r >= 0) {
                packet_get(result->answer, &warming->reserve, sizeof(warming->reserve));
                r = result->answer->error;
                if (r >= 0 && warming->set)
                        audit_warm(pending->server, pending->call, warming->node, warming->bytes);
        } else if (r == -ETIMEDOUT)
                message = "memctl.ko has not answered for ten seconds";
        pending_answer(pending, r, message, append, warming);
}

static int ask(struct server *server, sd_bus_message *m, const struct warming *what, sd_bus_error *error)
{
        static const struct machine_work warm_work = {
                .name = "memctld-warm",
                .work = work,
                .stall_usec = STALL_USEC,
        };
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct warming *warming;
        int r;

        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        warming = malloc(sizeof(*warming));
        if (!warming)
                return -ENOMEM;
        *warming = *what;
        warming->machine = server->machine;
        r = machine_help(server->machine, &warm_work, warming, on_done, warming, &warming->helper);
        if (r < 0) {
                free_warming(warming);
                return r;
        }
        warming->pending = pending;
        return pending_wait(TAKE_PTR(pending), warming, free_warming); /* on_done() frees it */
}

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        const struct warming what = { .set = false };

        return ask(server, m, &what, error);
}

static int do_set(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        struct warming what = { .set = true };
        int r = sd_bus_message_read(m, "ti", &what.bytes, &what.node);

        if (r < 0)
                return r;
        if (what.node < WARM_ANY_NODE)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                         "node %d: expected 0 and above, or -1 for any", what.node);
        return ask(server, m, &what, error);
}

int bus_get_warm_reserve(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get, error);
}

int bus_set_warm_reserve(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_set, error);
}
