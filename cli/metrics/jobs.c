/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs: those at work, and how others have ended. Which job it is, is no label: their numbers never end.
 */
#include "cli/metrics/sources.h"

#include "cli/daemon/client.h"
#include "memctl/bus.h"

#include <string.h>

static void put_running(struct metrics *metrics, json_object *jobs)
{
        static const char *const states[] = { "planning", "running", "rolling-back" };
        uint64_t n[ELEMENTSOF(states)] = { 0 }, stuck = 0, oldest = 0;
        json_object *family = family_add(metrics->families, "memctl_jobs", FAMILY_GAUGE, "Jobs at work.");

        for (size_t i = 0; i < json_object_array_length(jobs); i++) {
                json_object *job = json_object_array_get_idx(jobs, i);
                const char *state = value_text(job, "State");

                for (size_t j = 0; j < ELEMENTSOF(states); j++) {
                        if (strcmp(state, states[j]) != 0)
                                continue;
                        n[j]++;
                        if (value_number(job, "ElapsedUSec") > oldest)
                                oldest = value_number(job, "ElapsedUSec");
                }
                stuck += strcmp(value_text(job, "Stage"), "stuck") == 0;
        }
        for (size_t j = 0; j < ELEMENTSOF(states); j++)
                family_sample(family, json_object_new_uint64(n[j]), LABELS({ "state", states[j] }));
        family_sample(family_add(metrics->families, "memctl_jobs_stuck", FAMILY_GAUGE,
                                 "Jobs with a block that does not get empty."),
                      json_object_new_uint64(stuck), NO_LABELS);
        family_sample(family_add(metrics->families, "memctl_job_oldest_seconds", FAMILY_GAUGE,
                                 "How long the job that has been at work the longest has; 0 without one."),
                      family_seconds(oldest), NO_LABELS);
}

int metrics_jobs(struct metrics *metrics)
{
        _cleanup_json_ json_object *jobs = NULL, *manager = NULL;
        json_object *family, *results;
        int status = value_get_managed(metrics->context, MEMCTL_IFACE_JOB, &jobs);

        if (status == EXIT_DONE)
                status = value_get_all(metrics->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, &manager);
        if (status != EXIT_DONE)
                return status;
        results = value_array(manager, "JobResults");
        if (!results || !value_is_list_of(results, json_type_array))
                return client_bad_answer();
        put_running(metrics, jobs);
        family = family_add(metrics->families, "memctl_jobs_ended_total", FAMILY_COUNTER,
                            "Jobs that have ended since memctld started.");
        for (size_t i = 0; i < json_object_array_length(results); i++) {
                json_object *result = json_object_array_get_idx(results, i);

                family_sample(
                        family, json_object_get(json_object_array_get_idx(result, 2)),
                        LABELS({ "verb", json_object_get_string(json_object_array_get_idx(result, 0)) },
                               { "result", json_object_get_string(json_object_array_get_idx(result, 1)) }));
        }
        return EXIT_DONE;
}
