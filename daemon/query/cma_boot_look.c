/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/cma_boot_look.h"

#include "daemon/boot/loaders.h"
#include "daemon/boot/record.h"
#include "daemon/boot/share.h"
#include "daemon/boot/state.h"

#include <errno.h>
#include <string.h>

static void say(char *buf, size_t size, const char *message, int error)
{
        (void) snprintf(buf, size, "%s", message ? message : strerror(-error));
}

/* The record, and what has happened since it was written. */
static void look_at_demand(struct tree *tree, struct cma_sample *sample, struct cma_boot_report *report)
{
        _cleanup_(cma_record_clear) struct cma_record record = { 0 };
        _cleanup_free_ char *message = NULL, *ignored = NULL;
        int r = cma_record_load(tree->root_fd, &record, &message);

        if (r < 0) {
                say(report->record_problem, sizeof(report->record_problem), message, r);
                record = (struct cma_record){ 0 };
        }
        if (cma_sample_read(tree, sample, &ignored) >= 0)
                (void) cma_record_add(&record, sample);
        else
                *sample = (struct cma_sample){ 0 };
        cma_record_sum(&record, &report->demand);
}

/* What was written, and what the kernel that runs made of it. */
static void look_at_applied(const struct tree *tree, const struct cma_sample *sample,
                            struct cma_boot_report *report)
{
        _cleanup_(boot_state_clear) struct boot_state state = { 0 };
        struct boot_seen *seen = &report->seen;
        _cleanup_free_ char *message = NULL;
        char boot_id[BOOT_ID_MAX];
        int r;

        boot_seen_read(tree, sample, &report->machine, seen);
        boot_lines_read(tree, &report->lines);
        boot_id_read(tree->root_fd, boot_id);
        seen->refused = report->lines.refused;
        r = boot_state_load(tree->root_fd, &state, &message);
        if (r >= 0 && state.there && state.complete)
                boot_share_pick(BOOT_SHARE_CMA, true, state.change.parameters, report->applied_parameters,
                                sizeof(report->applied_parameters));
        if (r >= 0 && state.there && state.complete && report->applied_parameters[0]) {
                report->applied = true;
                memcpy(report->applied_loader, state.change.loader, sizeof(report->applied_loader));
                report->applied_time = state.time;
                report->applied_bytes = state.bytes;
                cmdline_parse(report->applied_parameters, &seen->applied);
                (void) snprintf(seen->applied_text, sizeof(seen->applied_text), "%.*s",
                                (int) sizeof(seen->applied_text) - 1, report->applied_parameters);
                seen->applied_in_this_boot = boot_id[0] && strcmp(boot_id, state.boot_id) == 0;
                r = boot_change_check(tree->root_fd, &state.change, true, &message);
        } else if (r >= 0 && state.there && !state.complete)
                (void) snprintf(report->applied_problem, sizeof(report->applied_problem),
                                "what was begun with %s is half done; memctl cma boot --revert puts back "
                                "what was there",
                                state.change.parameters);
        if (r < 0)
                say(report->applied_problem, sizeof(report->applied_problem), message, r);
        report->outcome = boot_taken(seen, &report->why);
}

/* For whom it would be written, and where. */
static void look_at_loader(const struct tree *tree, struct cma_boot_report *report)
{
        _cleanup_(boot_change_clear) struct boot_change change = { 0 };
        const struct boot_loader *loader;
        _cleanup_free_ char *message = NULL;
        _cleanup_free_ char *refused = NULL;
        int r = boot_loader_find(tree->root_fd, &loader, &message);

        if (r >= 0) {
                (void) snprintf(report->loader, sizeof(report->loader), "%s", loader->name);
                if (boot_size_check(&report->size, &report->machine, &refused) >= 0)
                        r = boot_loader_plan(loader, tree->root_fd, report->size.command_line, &change,
                                             &message);
        }
        if (r < 0)
                say(report->loader_problem, sizeof(report->loader_problem), message, r);
        for (size_t i = 0; i < change.n; i++)
                memcpy(report->files[report->n_files++], change.files[i].path, BOOT_PATH_MAX);
}

void cma_boot_look(struct tree *tree, struct cma_boot_report *report, char **device_tree)
{
        struct cma_sample *sample = calloc(1, sizeof(*sample));

        if (!sample)
                return;
        *report = (struct cma_boot_report){ 0 };
        look_at_demand(tree, sample, report);
        boot_machine_read(tree, sample, &report->machine);
        boot_size(&report->demand, &report->machine, &report->size);
        if (report->record_problem[0])
                (void) boot_reasons_add(&report->size.reasons, BOOT_RECORD_BAD, NULL,
                                        report->record_problem);
        look_at_applied(tree, sample, report);
        look_at_loader(tree, report);
        *device_tree = config_file_exists(tree->root_fd, "sys/firmware/devicetree")
                               ? boot_size_device_tree(&report->size, &report->machine)
                               : NULL;
        free(sample);
}
