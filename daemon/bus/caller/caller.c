/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/caller.h"

#include "daemon/bus/context/callers.h"
#include "daemon/bus/context/context.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/*
 * All leases together are less than memctl.ko has, so that there is always one for a job; all reservations,
 * too, for those of an earlier memctld are nobody's.
 */
const struct quota_limit caller_limits[_CALLER_HAS_MAX] = {
        [CALLER_HAS_CHECKS] = { .root = 32, .each = 8, .others = 32 },
        [CALLER_HAS_QUERIES] = { .root = 8, .each = 4, .others = 8 },
        [CALLER_HAS_LEASES] = { .root = 32, .each = 4, .others = 8 },
        [CALLER_HAS_JOBS] = { .root = 16, .each = 4, .others = 8 },
        [CALLER_HAS_RESERVATIONS] = { .root = 512, .each = 16, .others = 64 },
        [CALLER_HAS_RELEASES] = { .root = 32, .each = 4, .others = 8 },
};

static const char *const whats[_CALLER_HAS_MAX] = {
        [CALLER_HAS_CHECKS] = "calls that wait for authorization",
        [CALLER_HAS_QUERIES] = "requests to look at pages under way",
        [CALLER_HAS_LEASES] = "leases",
        [CALLER_HAS_JOBS] = "jobs that run",
        [CALLER_HAS_RESERVATIONS] = "reservations",
        [CALLER_HAS_RELEASES] = "releases under way",
};

static int ask_bus(sd_bus_message *m, uint32_t *ret)
{
        sd_bus_creds *creds = NULL;
        uid_t uid = 0;
        int r;

        r = sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID, &creds);
        if (r >= 0)
                r = sd_bus_creds_get_euid(creds, &uid);
        sd_bus_creds_unref(creds);
        *ret = uid;
        return r;
}

int caller_uid(struct server *server, sd_bus_message *m, uint32_t *ret)
{
        struct callers *callers = &server->callers;
        const char *sender = sd_bus_message_get_sender(m);
        struct caller_known *known;
        int r;

        *ret = 0;
        if (server->private)
                return 0;
        if (!sender || strlen(sender) >= sizeof(known->sender))
                return -EBADMSG;
        for (size_t i = 0; i < CALLER_KNOWN_MAX; i++)
                if (strcmp(callers->known[i].sender, sender) == 0) {
                        *ret = callers->known[i].uid;
                        return 0;
                }
        r = ask_bus(m, ret);
        if (r < 0)
                return r;
        known = &callers->known[callers->next++ % CALLER_KNOWN_MAX];
        (void) snprintf(known->sender, sizeof(known->sender), "%s", sender);
        known->uid = *ret;
        return 0;
}

void caller_process(struct server *server, sd_bus_message *m, uint32_t *ret_pid,
                    char command[static COMMAND_SIZE])
{
        sd_bus_creds *creds = NULL;
        const char *name;
        pid_t pid;

        *ret_pid = 0;
        command[0] = '\0';
        if (server->private ||
            sd_bus_query_sender_creds(m, SD_BUS_CREDS_PID | SD_BUS_CREDS_COMM | SD_BUS_CREDS_AUGMENT,
                                      &creds) < 0)
                return;
        if (sd_bus_creds_get_pid(creds, &pid) >= 0 && pid > 0)
                *ret_pid = (uint32_t) pid;
        if (sd_bus_creds_get_comm(creds, &name) >= 0)
                command_copy(command, name, COMMAND_SIZE);
        sd_bus_creds_unref(creds);
}

int caller_take(struct server *server, sd_bus_message *m, enum caller_has what, struct quota_claim *claim,
                sd_bus_error *error)
{
        const struct quota_limit *limit = &caller_limits[what];
        uint32_t uid;
        int r;

        r = caller_uid(server, m, &uid);
        if (r < 0)
                return sd_bus_error_setf(error, MEMCTL_ERROR_FAILED, "the bus does not tell who calls: %s",
                                         strerror(-r));
        r = quota_take(&server->quota, claim, what, uid);
        if (r == -EDQUOT)
                return sd_bus_error_setf(error, MEMCTL_ERROR_BUSY,
                                         "user %" PRIu32
                                         " has %zu %s, and may have no more: try again later",
                                         uid, uid == 0 ? limit->root : limit->each, whats[what]);
        if (r == -EBUSY)
                return sd_bus_error_setf(
                        error, MEMCTL_ERROR_BUSY,
                        "all users but root have %zu %s, and may have no more: try again later",
                        limit->others, whats[what]);
        return r;
}
