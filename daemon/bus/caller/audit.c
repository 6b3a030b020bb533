/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/audit.h"

#include "daemon/bus/context/context.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

/* Where a caller is not known. */
#define UNKNOWN UINT32_MAX

struct caller {
        uint32_t uid, pid;
        char command[32];
};

static void caller_of(struct server *server, sd_bus_message *call, struct caller *ret)
{
        sd_bus_creds *creds = NULL;
        const char *command;
        uid_t uid;
        pid_t pid;

        *ret = (struct caller){ .uid = UNKNOWN, .pid = UNKNOWN, .command = "?" };
        if (server->private) { /* who started us */
                ret->uid = getuid();
                ret->pid = (uint32_t) getppid();
                return;
        }
        if (sd_bus_query_sender_creds(
                    call, SD_BUS_CREDS_EUID | SD_BUS_CREDS_PID | SD_BUS_CREDS_COMM | SD_BUS_CREDS_AUGMENT,
                    &creds) < 0)
                return;
        if (sd_bus_creds_get_euid(creds, &uid) >= 0)
                ret->uid = uid;
        if (sd_bus_creds_get_pid(creds, &pid) >= 0)
                ret->pid = (uint32_t) pid;
        if (sd_bus_creds_get_comm(creds, &command) >= 0)
                (void) snprintf(ret->command, sizeof(ret->command), "%s", command);
        sd_bus_creds_unref(creds);
}

static void send_with_caller(struct server *server, sd_bus_message *call, const struct job *job,
                             const char *id, const char *what)
{
        struct caller caller;

        caller_of(server, call, &caller);
        (void) sd_journal_send(
                "MESSAGE=job %" PRIu32 " (%s %s) is %s by uid %" PRIu32 ", pid %" PRIu32 " (%s): %s",
                job->id, job->name, job->target, what, caller.uid, caller.pid, caller.command,
                job->arguments, "MESSAGE_ID=%s", id, "PRIORITY=%i", LOG_NOTICE, "MEMCTL_JOB=%" PRIu32,
                job->id, "MEMCTL_VERB=%s", job->name, "MEMCTL_TARGET=%s", job->target, "MEMCTL_OPTIONS=%s",
                job->arguments, "MEMCTL_CALLER_UID=%" PRIu32, caller.uid, "MEMCTL_CALLER_PID=%" PRIu32,
                caller.pid, "MEMCTL_CALLER_COMM=%s", caller.command, NULL);
}

void audit_start(struct server *server, sd_bus_message *call, const struct job *job)
{
        send_with_caller(server, call, job, MEMCTL_MESSAGE_JOB_STARTED, "started");
}

void audit_cancel(struct server *server, sd_bus_message *call, const struct job *job)
{
        send_with_caller(server, call, job, MEMCTL_MESSAGE_JOB_CANCELLED, "cancelled");
}

void audit_reserve(struct server *server, sd_bus_message *call, const struct reservation *what)
{
        uint64_t page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        struct caller caller;

        caller_of(server, call, &caller);
        (void) sd_journal_send(
                "MESSAGE=reservation %" PRIu64 " (%s): %" PRIu64 " bytes at 0x%" PRIx64
                " are reserved by uid %" PRIu32 ", pid %" PRIu32 " (%s)",
                what->id, what->name[0] ? what->name : "without a name", what->pages * page_size,
                what->start_pfn * page_size, caller.uid, caller.pid, caller.command, "MESSAGE_ID=%s",
                MEMCTL_MESSAGE_RESERVED, "PRIORITY=%i", LOG_NOTICE, "MEMCTL_RESERVATION=%" PRIu64, what->id,
                "MEMCTL_NAME=%s", what->name, "MEMCTL_AREA=%s", what->area, "MEMCTL_BYTES=%" PRIu64,
                what->pages * page_size, "MEMCTL_CALLER_UID=%" PRIu32, caller.uid,
                "MEMCTL_CALLER_PID=%" PRIu32, caller.pid, "MEMCTL_CALLER_COMM=%s", caller.command, NULL);
}

void audit_release(struct server *server, sd_bus_message *call, uint64_t id, const char *name)
{
        struct caller caller;

        caller_of(server, call, &caller);
        (void) sd_journal_send(
                "MESSAGE=reservation %" PRIu64 "%s%s is released by uid %" PRIu32 ", pid %" PRIu32 " (%s)",
                id, name[0] ? " " : "", name, caller.uid, caller.pid, caller.command, "MESSAGE_ID=%s",
                MEMCTL_MESSAGE_RELEASED, "PRIORITY=%i", LOG_NOTICE, "MEMCTL_RESERVATION=%" PRIu64, id,
                "MEMCTL_NAME=%s", name, "MEMCTL_CALLER_UID=%" PRIu32, caller.uid,
                "MEMCTL_CALLER_PID=%" PRIu32, caller.pid, "MEMCTL_CALLER_COMM=%s", caller.command, NULL);
}

void audit_recovered(const struct job *job)
{
        (void) sd_journal_send("MESSAGE=job %" PRIu32 " (%s %s) is taken over from a memctld that died",
                               job->id, job->name, job->target, "MESSAGE_ID=%s",
                               MEMCTL_MESSAGE_JOB_RECOVERED, "PRIORITY=%i", LOG_WARNING,
                               "MEMCTL_JOB=%" PRIu32, job->id, "MEMCTL_VERB=%s", job->name,
                               "MEMCTL_TARGET=%s", job->target, NULL);
}

void audit_boot(struct server *server, sd_bus_message *call, bool applied, const char *loader,
                const char *parameters)
{
        struct caller caller;

        caller_of(server, call, &caller);
        (void) sd_journal_send("MESSAGE=the boot setting%s%s is %s for %s by uid %" PRIu32 ", pid %" PRIu32
                               " (%s)",
                               parameters[0] ? " " : "", parameters, applied ? "written" : "taken back",
                               loader, caller.uid, caller.pid, caller.command, "MESSAGE_ID=%s",
                               applied ? MEMCTL_MESSAGE_BOOT_APPLIED : MEMCTL_MESSAGE_BOOT_REVERTED,
                               "PRIORITY=%i", LOG_NOTICE, "MEMCTL_LOADER=%s", loader, "MEMCTL_PARAMETERS=%s",
                               parameters, "MEMCTL_CALLER_UID=%" PRIu32, caller.uid,
                               "MEMCTL_CALLER_PID=%" PRIu32, caller.pid, "MEMCTL_CALLER_COMM=%s",
                               caller.command, NULL);
}

void audit_policy(struct server *server, sd_bus_message *call, int node, const char *settings)
{
        struct caller caller;

        caller_of(server, call, &caller);
        /* the first NULL ends it, and so a field that is absent comes last */
        (void) sd_journal_send(
                "MESSAGE=compaction by itself is set to %s by uid %" PRIu32 ", pid %" PRIu32 " (%s)",
                settings, caller.uid, caller.pid, caller.command, "MESSAGE_ID=%s", MEMCTL_MESSAGE_POLICY_SET,
                "PRIORITY=%i", LOG_NOTICE, "MEMCTL_SETTINGS=%s", settings, "MEMCTL_CALLER_UID=%" PRIu32,
                caller.uid, "MEMCTL_CALLER_PID=%" PRIu32, caller.pid, "MEMCTL_CALLER_COMM=%s",
                caller.command, node < 0 ? NULL : "MEMCTL_NODE=%d", node, NULL);
}

void audit_online_policy(struct server *server, sd_bus_message *call, const char *settings)
{
        struct caller caller;

        caller_of(server, call, &caller);
        (void) sd_journal_send(
                "MESSAGE=what becomes of new memory is set by uid %" PRIu32 ", pid %" PRIu32 " (%s): %s",
                caller.uid, caller.pid, caller.command, settings, "MESSAGE_ID=%s",
                MEMCTL_MESSAGE_ONLINE_POLICY_SET, "PRIORITY=%i", LOG_NOTICE, "MEMCTL_SETTINGS=%s", settings,
                "MEMCTL_CALLER_UID=%" PRIu32, caller.uid, "MEMCTL_CALLER_PID=%" PRIu32, caller.pid,
                "MEMCTL_CALLER_COMM=%s", caller.command, NULL);
}

void audit_warm(struct server *server, sd_bus_message *call, int node, uint64_t bytes)
{
        struct caller caller;

        caller_of(server, call, &caller);
        (void) sd_journal_send("MESSAGE=the warm reserve is set to %" PRIu64 " bytes by uid %" PRIu32
                               ", pid %" PRIu32 " (%s)",
                               bytes, caller.uid, caller.pid, caller.command, "MESSAGE_ID=%s",
                               MEMCTL_MESSAGE_WARM_SET, "PRIORITY=%i", LOG_NOTICE, "MEMCTL_BYTES=%" PRIu64,
                               bytes, "MEMCTL_CALLER_UID=%" PRIu32, caller.uid, "MEMCTL_CALLER_PID=%" PRIu32,
                               caller.pid, "MEMCTL_CALLER_COMM=%s", caller.command,
                               node < 0 ? NULL : "MEMCTL_NODE=%d", node, NULL);
}

static void send_not_put_back(const struct job *job, const struct reason *reason)
{
        const char *text = reason->text ? reason->text : "";

        if (reason->block == REASON_NO_BLOCK) {
                (void) sd_journal_send("MESSAGE=job %" PRIu32 " (%s %s): not all is as it was: %s", job->id,
                                       job->name, job->target, text, "MESSAGE_ID=%s",
                                       MEMCTL_MESSAGE_NOT_PUT_BACK, "PRIORITY=%i", LOG_ERR,
                                       "MEMCTL_JOB=%" PRIu32, job->id, NULL);
                return;
        }
        (void) sd_journal_send("MESSAGE=job %" PRIu32 " (%s %s): block %" PRIu32 " is not as it was: %s",
                               job->id, job->name, job->target, reason->block, text, "MESSAGE_ID=%s",
                               MEMCTL_MESSAGE_NOT_PUT_BACK, "PRIORITY=%i", LOG_ERR, "MEMCTL_JOB=%" PRIu32,
                               job->id, "MEMCTL_BLOCK=%" PRIu32, reason->block, NULL);
}

void audit_end(const struct job *job)
{
        const char *result = job_result_name(job->result);

        for (size_t i = 0; i < job->reasons.n_items; i++)
                if (job->reasons.items[i].code == REASON_ROLL_BACK_FAILED)
                        send_not_put_back(job, &job->reasons.items[i]);
        (void) sd_journal_send("MESSAGE=job %" PRIu32 " (%s %s) ended: %s, %zu of %zu blocks", job->id,
                               job->name, job->target, result, job->progress.blocks_done,
                               job->progress.blocks_total, "MESSAGE_ID=%s", MEMCTL_MESSAGE_JOB_ENDED,
                               "PRIORITY=%i", job->result == JOB_RESULT_DONE ? LOG_NOTICE : LOG_WARNING,
                               "MEMCTL_JOB=%" PRIu32, job->id, "MEMCTL_VERB=%s", job->name,
                               "MEMCTL_TARGET=%s", job->target, "MEMCTL_RESULT=%s", result,
                               "MEMCTL_BLOCKS=%zu", job->progress.blocks_done, NULL);
}
