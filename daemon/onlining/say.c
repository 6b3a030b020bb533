/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/say.h"

#include "basic/cleanup.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

void onlining_say(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        (void) fputs("memctld: new memory: ", stderr);
        (void) vfprintf(stderr, format, arguments);
        (void) fputc('\n', stderr);
        va_end(arguments);
}

void onlining_say_config(const struct online_config *config)
{
        _cleanup_free_ char *text = online_config_text(config);

        if (!text)
                return;
        for (char *p = strchr(text, '\n'); p; p = strchr(p, '\n'))
                *p = ' ';
        onlining_say("in force: %s", text);
        if (config->enabled && online_config_may_kernel(config))
                onlining_say("some may go to a kernel zone: %s", online_kernel_warning);
}

/* "to zone movable by job 3" */
static void put_outcome(const struct handled *handled, char *text, size_t size)
{
        const char *zone = online_target_name(handled->target);

        switch (handled->state) {
        case HANDLED_RUNNING:
                (void) snprintf(text, size, "to zone %s, by job %" PRIu32, zone, handled->job);
                break;
        case HANDLED_WAITING:
                (void) snprintf(text, size, "to zone %s, later", zone);
                break;
        case HANDLED_THERE:
                (void) snprintf(text, size, "%s%s", zone[0] ? "is in zone " : "is in several zones", zone);
                break;
        default:
                (void) snprintf(text, size, "left offline");
        }
}

void onlining_say_decision(const struct handled *handled, const struct online_machine *machine)
{
        bool kernel = handled->target == TARGET_KERNEL;
        char outcome[64];

        put_outcome(handled, outcome, sizeof(outcome));
        onlining_say("%s (blocks %s, %" PRIu64 " MiB on node %d; of %" PRIu64
                     " MiB that %s has brought): %s: %s; before that %" PRIu64
                     " MiB of the machine's memory are movable, %" PRIu64 " MiB the kernel's%s%s%s%s",
                     handled->name, handled->text, handled->bytes / MIB, handled->node,
                     handled->device_bytes / MIB, handled->driver, outcome, handled->reason,
                     machine->movable_bytes / MIB, machine->kernel_bytes / MIB,
                     handled->error[0] ? "; " : "", handled->error, kernel ? "; " : "",
                     kernel ? online_kernel_warning : "");
}

void onlining_say_outcome(const struct handled *handled)
{
        switch (handled->state) {
        case HANDLED_DONE:
                onlining_say("%s: is in zone %s now, by job %" PRIu32, handled->name,
                             online_target_name(handled->target), handled->job);
                break;
        case HANDLED_WAITING:
                onlining_say("%s: try %u of %d has failed, and there will be another: %s", handled->name,
                             handled->tries, HANDLED_TRIES_MAX, handled->error);
                break;
        case HANDLED_FAILED:
                onlining_say("%s: try %u of %d has failed, and it stays offline: %s", handled->name,
                             handled->tries, HANDLED_TRIES_MAX, handled->error);
                break;
        case HANDLED_GONE:
                onlining_say("%s: is gone", handled->name);
                break;
        default:
                onlining_say("%s: stays offline: %s", handled->name, handled->error);
        }
}
