/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Job on /org/memctl1/job/N.
 */
#include "daemon/bus/answer/job_results.h"
#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/attach.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/paths.h"
#include "daemon/bus/value/reasons.h"
#include "daemon/bus/value/strings.h"
#include "daemon/job/view.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

static struct job *job_of_path(struct server *server, const char *path)
{
        uint32_t id;

        return bus_path_number(path, MEMCTL_PATH_JOB, &id) ? registry_find(server->registry, id) : NULL;
}

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        (void) bus, (void) interface, (void) error;

        if (!job_of_path(userdata, path))
                return 0;
        *found = userdata;
        return 1;
}

static char *path_of_job(const void *userdata, size_t index)
{
        return bus_job_path(registry_get(userdata, index)->id);
}

static int enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret, sd_bus_error *error)
{
        struct server *server = userdata;

        (void) bus, (void) prefix, (void) error;

        return bus_list_paths(path_of_job, server->registry, registry_count(server->registry), ret);
}

static int get_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);
        struct job_view view;
        const char *text;

        (void) bus, (void) interface, (void) error;

        if (!job)
                return -ENOENT;
        job_view(job, &view);
        if (strcmp(property, "Verb") == 0)
                text = job->name;
        else if (strcmp(property, "Target") == 0)
                text = job->target;
        else if (strcmp(property, "State") == 0)
                text = view.state;
        else
                text = strcmp(property, "Stage") == 0 ? view.stage : view.result;
        return sd_bus_message_append(reply, "s", text);
}

static int get_count(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);
        struct job_view view;
        uint32_t count;

        (void) bus, (void) interface, (void) error;

        if (!job)
                return -ENOENT;
        job_view(job, &view);
        if (strcmp(property, "Id") == 0)
                count = job->id;
        else if (strcmp(property, "BlocksTotal") == 0)
                count = view.blocks_total;
        else
                count = strcmp(property, "BlocksDone") == 0 ? view.blocks_done : view.current_block;
        return sd_bus_message_append(reply, "u", count);
}

static int get_amount(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);
        struct job_view view;
        uint64_t amount;

        (void) bus, (void) interface, (void) error;

        if (!job)
                return -ENOENT;
        job_view(job, &view);
        if (strcmp(property, "PagesInUse") == 0)
                amount = view.pages_in_use;
        else if (strcmp(property, "PagesMigrated") == 0)
                amount = view.pages_migrated;
        else if (strcmp(property, "PagesHeld") == 0)
                amount = view.pages_held;
        else if (strcmp(property, "EstimatedUSec") == 0)
                amount = view.estimated_usec;
        else
                amount = job_elapsed_usec(job);
        return sd_bus_message_append(reply, "t", amount);
}

static int get_flag(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);

        (void) bus, (void) interface, (void) error;

        if (!job)
                return -ENOENT;
        return sd_bus_message_append(reply, "b", property[0] == 'E' ? job->ejected : job->recovered);
}

static int get_figures(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);
        struct job_view view;
        int r;

        (void) bus, (void) interface, (void) property, (void) error;

        if (!job)
                return -ENOENT;
        job_view(job, &view);
        r = sd_bus_message_open_container(reply, 'a', "{st}");
        for (enum job_figure i = 0; r >= 0 && i < _FIGURE_MAX; i++)
                if (view.figures[i] != JOB_FIGURE_NONE)
                        r = sd_bus_message_append(reply, "{st}", job_figure_name(i), view.figures[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_notes(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);

        (void) bus, (void) interface, (void) property, (void) error;

        if (!job)
                return -ENOENT;
        return bus_append_strings(reply, job->notes, bus_strv_length(job->notes));
}

static int get_reasons(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);

        (void) bus, (void) interface, (void) property, (void) error;

        return job ? job_append_reasons(reply, job, 0, JOB_REASONS_SHOWN, REASONS_PUBLIC) : -ENOENT;
}

static int get_records(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, path);

        (void) bus, (void) interface, (void) property, (void) error;

        if (!job)
                return -ENOENT;
        return job_append_results(
                reply, job, job->n_records > JOB_RESULTS_SHOWN ? job->n_records - JOB_RESULTS_SHOWN : 0,
                JOB_RESULTS_SHOWN);
}

/* Answers with a page of what append() appends, and how many there are in all. */
static int answer_page(sd_bus_message *m, size_t total,
                       int (*append)(sd_bus_message *reply, const struct job *job, uint32_t first,
                                     bool full),
                       const struct job *job, bool full)
{
        sd_bus_message *reply = NULL;
        uint32_t first;
        int r;

        r = sd_bus_message_read(m, "u", &first);
        if (r >= 0)
                r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = append(reply, job, first, full);
        if (r >= 0)
                r = sd_bus_message_append(reply, "u", (uint32_t) total);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

static int append_reasons(sd_bus_message *reply, const struct job *job, uint32_t first, bool full)
{
        return job_append_reasons(reply, job, first, JOB_REASONS_ANSWERED,
                                  full ? REASONS_NAMED : REASONS_COUNTED);
}

static int do_get_reasons(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        struct job *job = job_of_path(server, sd_bus_message_get_path(m));

        return job ? answer_page(m, job->reasons.n_items, append_reasons, job, full)
                   : request_fail(error, -ENOENT, "the job is forgotten");
}

static int get_all_reasons(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_get_reasons, error);
}

static int append_results(sd_bus_message *reply, const struct job *job, uint32_t first, bool full)
{
        (void) full;

        return job_append_results(reply, job, first, JOB_RESULTS_ANSWERED);
}

static int get_block_results(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, sd_bus_message_get_path(m));

        return job ? answer_page(m, job->n_records, append_results, job, false)
                   : request_fail(error, -ENOENT, "the job is forgotten");
}

static int do_cancel(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        struct job *job = job_of_path(server, sd_bus_message_get_path(m));

        if (!job)
                return request_fail(error, -ENOENT, "the job is forgotten");
        if (job->state != JOB_FINISHED)
                audit_cancel(server, m, job);
        job_stop(job, JOB_RESULT_CANCELLED);
        return sd_bus_reply_method_return(m, NULL);
}

/* Who may start such a job may end it. */
static int cancel(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct job *job = job_of_path(userdata, sd_bus_message_get_path(m));
        enum job_verb verb = job ? operation_verb(job) : _JOB_VERB_MAX;

        if (verb == JOB_HUGEPAGES)
                return auth_run_as(userdata, m, MEMCTL_IFACE_MANAGER, "ReserveHugepages", do_cancel, error);
        if (verb == JOB_COMPACT)
                return auth_run_as(userdata, m, MEMCTL_IFACE_MANAGER, "Compact", do_cancel, error);
        return auth_run_as(userdata, m, MEMCTL_IFACE_BLOCK,
                           verb != _JOB_VERB_MAX && job_verb_is_online(verb) ? "Online" : "Offline",
                           do_cancel, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("GetReasons", SD_BUS_ARGS("u", first),
                                SD_BUS_RESULT("aa{sv}", reasons, "u", total), get_all_reasons,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetBlockResults", SD_BUS_ARGS("u", first),
                                SD_BUS_RESULT("a(us)", results, "u", total), get_block_results,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Cancel", NULL, NULL, cancel, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Finished", SD_BUS_ARGS("s", result), 0),
        SD_BUS_PROPERTY("Id", "u", get_count, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Verb", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Target", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Stage", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Result", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("BlocksTotal", "u", get_count, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("BlocksDone", "u", get_count, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("CurrentBlock", "u", get_count, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("PagesInUse", "t", get_amount, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("PagesMigrated", "t", get_amount, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("PagesHeld", "t", get_amount, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ElapsedUSec", "t", get_amount, 0, 0),
        SD_BUS_PROPERTY("EstimatedUSec", "t", get_amount, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Figures", "a{st}", get_figures, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Ejected", "b", get_flag, 0, 0),
        SD_BUS_PROPERTY("Recovered", "b", get_flag, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Notes", "as", get_notes, 0, 0),
        SD_BUS_PROPERTY("Reasons", "aa{sv}", get_reasons, 0, 0),
        SD_BUS_PROPERTY("BlockResults", "a(us)", get_records, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_job_attach(struct server *server)
{
        return bus_attach_objects(server, MEMCTL_PATH_JOB, MEMCTL_IFACE_JOB, vtable, find, enumerate);
}
