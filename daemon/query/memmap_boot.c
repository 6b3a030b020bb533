/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/memmap_boot.h"

#include "daemon/boot/apply.h"
#include "daemon/query/boot_program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A program, and the disks. */
#define STALL_USEC (600 * UINT64_C(1000000))

struct memmap_boot {
        struct machine *machine;
        char value[16];
        bool service;
        struct helper *helper;
        memmap_boot_done_t done;
        void *userdata;
};

void memmap_boot_look(int root_fd, struct memmap_boot_report *ret)
{
        _cleanup_(boot_state_clear) struct boot_state state = { 0 };
        _cleanup_free_ char *message = NULL;

        *ret = (struct memmap_boot_report){ 0 };
        if (boot_state_load(root_fd, &state, &message) < 0 || !state.there || !state.complete)
                return;
        boot_share_pick(BOOT_SHARE_MEMMAP, true, state.change.parameters, ret->parameter,
                        sizeof(ret->parameter));
        if (ret->parameter[0])
                (void) snprintf(ret->loader, sizeof(ret->loader), "%s", state.change.loader);
}

/* The kernel knows Y, N and, since 6.6, force. */
static const char *kernel_word(const char *value)
{
        return strcmp(value, "yes") == 0 ? "Y" : strcmp(value, "no") == 0 ? "N" : value;
}

static int work(void *userdata, struct packet *answer, char **message)
{
        const struct memmap_boot *boot = userdata;
        const struct boot_runner runner = boot_program_runner(boot->service);
        int root_fd = boot->machine->tree->root_fd, r;
        struct memmap_boot_report report;
        char parameter[64];

        (void) snprintf(parameter, sizeof(parameter), BOOT_MEMMAP_PARAMETER "=%s", kernel_word(boot->value));
        r = boot->value[0] ? boot_apply(root_fd, BOOT_SHARE_MEMMAP, parameter, 0, &runner, message)
                           : boot_revert(root_fd, BOOT_SHARE_MEMMAP, &runner, message);
        if (r < 0)
                return r;
        memmap_boot_look(root_fd, &report);
        report.changed = r > 0 || !boot->value[0];
        packet_put(answer, &report, sizeof(report));
        return 0;
}

/* The caller is gone, or the time is over: what was begun is not to stay half done. */
static void undo(void *userdata)
{
        const struct memmap_boot *boot = userdata;
        const struct boot_runner runner = boot_program_runner(boot->service);
        _cleanup_free_ char *message = NULL;

        if (boot_settle(boot->machine->tree->root_fd, &runner, &message) < 0)
                (void) fprintf(stderr, "memctld: a boot setting is left half done: %s\n",
                               message ? message : "?");
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct memmap_boot *boot = userdata;
        struct memmap_boot_report report = { 0 };
        int r = result->error;

        if (r >= 0) {
                packet_get(result->answer, &report, sizeof(report));
                r = result->answer->error;
        }
        boot->done(boot->userdata, r,
                   r == -ETIMEDOUT && !result->message ? "nothing was heard of it for ten minutes"
                                                       : result->message,
                   &report);
}

int memmap_boot_new(struct machine *machine, const char *value, bool service, memmap_boot_done_t done,
                    void *userdata, struct memmap_boot **ret)
{
        static const struct machine_work boot_work = {
                .name = "memctld-boot",
                .work = work,
                .undo = undo,
                .stall_usec = STALL_USEC,
        };
        _cleanup_(memmap_boot_freep) struct memmap_boot *boot = calloc(1, sizeof(*boot));
        int r;

        if (!boot)
                return -ENOMEM;
        boot->machine = machine;
        (void) snprintf(boot->value, sizeof(boot->value), "%s", value);
        boot->service = service;
        boot->done = done;
        boot->userdata = userdata;
        r = machine_help(machine, &boot_work, boot, on_done, boot, &boot->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(boot);
        return 0;
}

struct memmap_boot *memmap_boot_free(struct memmap_boot *boot)
{
        if (!boot)
                return NULL;
        helper_free(boot->helper);
        free(boot);
        return NULL;
}
