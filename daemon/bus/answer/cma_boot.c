/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/cma_boot.h"

#include "daemon/bus/value/strings.h"

#include <errno.h>

/* "" is left out. */
static int append_text(sd_bus_message *m, const char *name, const char *text)
{
        return text[0] ? sd_bus_message_append(m, "{sv}", name, "s", text) : 0;
}

static int append_reason(sd_bus_message *m, const void *list, size_t index)
{
        const struct boot_reason *reason = &((const struct boot_reasons *) list)->items[index];
        const char *const *figures = boot_reason_figures(reason->code);
        int r;

        r = sd_bus_message_append(m, "{sv}", "code", "s", boot_reason_name(reason->code));
        if (r >= 0)
                r = append_text(m, "area", reason->area);
        for (size_t i = 0; r >= 0 && figures[i]; i++)
                r = sd_bus_message_append(m, "{sv}", figures[i], "t", reason->figures[i]);
        return r < 0 ? r : append_text(m, "text", reason->text);
}

/* What only memctl.ko knows is left out where it did not tell. */
static int append_area(sd_bus_message *m, const void *list, size_t index)
{
        const struct cma_demand_area *area = &((const struct cma_demand *) list)->areas[index];
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}{sv}", "name", "s", area->name, "exact", "b",
                                  (int) area->exact, "peak_bytes", "t", area->peak);
        if (r >= 0 && area->size > 0)
                r = sd_bus_message_append(m, "{sv}", "size_bytes", "t", area->size);
        if (r < 0 || !area->exact)
                return r;
        return sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}", "needed_bytes", "t", area->needed,
                                     "largest_bytes", "t", area->largest, "align_bytes", "t", area->align,
                                     "requests", "t", area->requests, "failed", "t", area->failed);
}

static int append_size(sd_bus_message *m, const struct cma_boot_report *report, const char *device_tree)
{
        const struct boot_size *size = &report->size;
        int r = 0;

        if (size->told)
                r = sd_bus_message_append(m, "{sv}{sv}", "recommended_bytes", "t", size->bytes,
                                          "default_bytes", "t", size->default_bytes);
        if (r >= 0)
                r = append_text(m, "command_line", size->command_line);
        if (r >= 0)
                r = append_text(m, "device_tree", device_tree);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "reasons", append_reason, &size->reasons,
                                                  size->reasons.n);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "areas", append_area, &report->demand,
                                                  report->demand.n);
        if (r < 0)
                return r;
        return sd_bus_message_append(m, "{sv}{sv}{sv}{sv}", "recorded_seconds", "t", report->demand.seconds,
                                     "recorded_boots", "t", report->demand.boots, "kernel_cma", "b",
                                     (int) report->machine.cma, "nodes", "u", report->machine.nodes);
}

static int append_files(sd_bus_message *m, const struct cma_boot_report *report)
{
        char *paths[BOOT_CHANGE_FILES_MAX], *texts = malloc(report->n_files * (BOOT_PATH_MAX + 1) + 1);
        int r;

        if (!texts)
                return -ENOMEM;
        for (size_t i = 0; i < report->n_files; i++) {
                paths[i] = texts + i * (BOOT_PATH_MAX + 1);
                (void) snprintf(paths[i], BOOT_PATH_MAX + 1, "/%s", report->files[i]);
        }
        r = bus_append_strings_entry(m, "files", paths, report->n_files);
        free(texts);
        return r;
}

static int append_applied(sd_bus_message *m, const struct cma_boot_report *report)
{
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}", "applied", "b", (int) report->applied, "changed", "b",
                                  (int) report->changed);
        if (r >= 0 && report->applied)
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}", "applied_command_line", "s",
                                          report->applied_parameters, "applied_loader", "s",
                                          report->applied_loader, "applied_seconds", "t",
                                          report->applied_time, "applied_bytes", "t", report->applied_bytes);
        if (r >= 0)
                r = append_text(m, "applied_problem", report->applied_problem);
        if (r >= 0)
                r = append_text(m, "loader", report->loader);
        if (r >= 0)
                r = append_text(m, "loader_problem", report->loader_problem);
        return r < 0 ? r : append_files(m, report);
}

static int append_outcome(sd_bus_message *m, const struct cma_boot_report *report, bool full)
{
        char *lines[BOOT_LINES_MAX];
        int r;

        r = sd_bus_message_append(m, "{sv}", "outcome", "s", boot_outcome_name(report->outcome));
        if (r >= 0 && report->seen.booted.cma.given)
                r = sd_bus_message_append(m, "{sv}", "booted", "s", report->seen.booted.cma.text);
        if (r >= 0 && report->seen.total != BOOT_SEEN_NOT_TOLD)
                r = sd_bus_message_append(m, "{sv}", "total_bytes", "t", report->seen.total);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "outcome_reasons", append_reason, &report->why,
                                                  report->why.n);
        if (r < 0 || !full)
                return r;
        for (size_t i = 0; i < report->lines.n; i++)
                lines[i] = (char *) report->lines.items[i];
        return bus_append_strings_entry(m, "lines", lines, report->lines.n);
}

int cma_boot_append(sd_bus_message *m, const struct cma_boot_report *report, const char *device_tree,
                    bool full)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = append_size(m, report, device_tree);
        if (r >= 0)
                r = append_applied(m, report);
        if (r >= 0)
                r = append_outcome(m, report, full);
        return r < 0 ? r : sd_bus_message_close_container(m);
}
