/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/cma_boot.h"

#include "basic/message.h"
#include "daemon/boot/apply.h"
#include "daemon/boot/record.h"
#include "daemon/core/helper_task.h"
#include "daemon/query/boot_program.h"
#include "daemon/query/cma_boot_look.h"

#include <errno.h>
#include <string.h>

#define SECOND UINT64_C(1000000)

/* A program, and the disks. */
#define STALL_USEC (600 * SECOND)

struct cma_boot {
        struct machine *machine;
        enum cma_boot_what what;
        bool service;
        struct helper *helper;
        cma_boot_done_t done;
        void *userdata;
};

static int record(const struct cma_boot *boot, struct cma_boot_report *report, char **message)
{
        struct cma_sample *sample = calloc(1, sizeof(*sample));
        int r;

        if (!sample)
                return -ENOMEM;
        r = cma_sample_read(boot->machine->tree, sample, message);
        if (r >= 0)
                r = cma_record_note(boot->machine->tree->root_fd, sample, &report->recorded_aside, message);
        free(sample);
        return r;
}

static int apply(const struct cma_boot *boot, const struct boot_runner *runner,
                 struct cma_boot_report *report, char **message)
{
        const struct boot_size *size = &report->size;
        int r = boot_size_check(size, &report->machine, message);

        if (r < 0)
                return r;
        r = boot_apply(boot->machine->tree->root_fd, BOOT_SHARE_CMA, size->command_line, size->bytes, runner,
                       message);
        report->changed = r > 0;
        return r;
}

static int work(void *userdata, struct packet *answer, char **message)
{
        const struct cma_boot *boot = userdata;
        const struct boot_runner runner = boot_program_runner(boot->service);
        struct cma_boot_report *report = calloc(1, sizeof(*report));
        _cleanup_free_ char *device_tree = NULL;
        bool changed = false, aside = false;
        int r = 0;

        if (!report)
                return -ENOMEM;
        if (boot->what == CMA_BOOT_APPLY)
                cma_boot_look(boot->machine->tree, report, &device_tree);
        if (boot->what == CMA_BOOT_APPLY)
                r = apply(boot, &runner, report, message);
        else if (boot->what == CMA_BOOT_REVERT)
                r = boot_revert(boot->machine->tree->root_fd, BOOT_SHARE_CMA, &runner, message);
        else if (boot->what == CMA_BOOT_RECORD)
                r = record(boot, report, message);
        changed = report->changed;
        aside = report->recorded_aside;
        if (r >= 0) {
                free(device_tree);
                device_tree = NULL;
                cma_boot_look(boot->machine->tree, report, &device_tree);
                report->changed = changed;
                report->recorded_aside = aside;
                packet_put(answer, report, sizeof(*report));
                packet_put_string(answer, device_tree ? device_tree : "");
        }
        free(report);
        return r < 0 ? r : 0;
}

/* The caller is gone, or the time is over: what was begun is not to stay half done. */
static void undo(void *userdata)
{
        const struct cma_boot *boot = userdata;
        const struct boot_runner runner = boot_program_runner(boot->service);
        _cleanup_free_ char *message = NULL;

        if ((boot->what == CMA_BOOT_APPLY || boot->what == CMA_BOOT_REVERT) &&
            boot_settle(boot->machine->tree->root_fd, &runner, &message) < 0)
                (void) fprintf(stderr, "memctld: a boot setting is left half done: %s\n",
                               message ? message : "?");
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct cma_boot *boot = userdata;
        _cleanup_free_ char *device_tree = NULL;
        struct cma_boot_report *report = NULL;
        int r = result->error;

        if (r >= 0) {
                report = malloc(sizeof(*report));
                if (report) {
                        packet_get(result->answer, report, sizeof(*report));
                        device_tree = packet_get_string(result->answer);
                }
                r = !report ? -ENOMEM : result->answer->error;
        }
        boot->done(boot->userdata, r,
                   r == -ETIMEDOUT && !result->message ? "nothing was heard of it for ten minutes"
                                                       : result->message,
                   report, device_tree ? device_tree : "");
        free(report);
}

int cma_boot_new(struct machine *machine, enum cma_boot_what what, bool service, cma_boot_done_t done,
                 void *userdata, struct cma_boot **ret)
{
        static const struct machine_work boot_work = {
                .name = "memctld-boot",
                .work = work,
                .undo = undo,
                .stall_usec = STALL_USEC,
        };
        _cleanup_(cma_boot_freep) struct cma_boot *boot = calloc(1, sizeof(*boot));
        int r;

        if (!boot)
                return -ENOMEM;
        *boot = (struct cma_boot){ machine, what, service, NULL, done, userdata };
        r = machine_help(machine, &boot_work, boot, on_done, boot, &boot->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(boot);
        return 0;
}

struct cma_boot *cma_boot_free(struct cma_boot *boot)
{
        if (!boot)
                return NULL;

        helper_free(boot->helper);
        free(boot);
        return NULL;
}
