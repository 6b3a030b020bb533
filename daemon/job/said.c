/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a job says: words for what it is at, reasons, notes and records.
 */
#include "daemon/job/job.h"

#include <stdio.h>
#include <string.h>

const char *job_state_name(enum job_state state)
{
        static const char *const names[_JOB_STATE_MAX] = {
                [JOB_PLANNING] = "planning",
                [JOB_RUNNING] = "running",
                [JOB_ROLLING_BACK] = "rolling-back",
                [JOB_FINISHED] = "finished",
        };

        return names[state];
}

const char *job_stage_name(enum job_stage stage)
{
        static const char *const names[_STAGE_MAX] = {
                [STAGE_NONE] = "",
                [STAGE_FENCING] = "fencing",
                [STAGE_OFFLINING] = "offlining",
                [STAGE_WAITING] = "waiting",
                [STAGE_STUCK] = "stuck",
                [STAGE_EJECTING] = "ejecting",
        };

        return names[stage];
}

const char *job_result_name(enum job_result result)
{
        static const char *const names[_JOB_RESULT_MAX] = {
                [JOB_RESULT_NONE] = "",
                [JOB_RESULT_DONE] = "done",
                [JOB_RESULT_REFUSED] = "refused",
                [JOB_RESULT_FAILED] = "failed",
                [JOB_RESULT_CANCELLED] = "cancelled",
                [JOB_RESULT_TIMEOUT] = "timeout",
                [JOB_RESULT_PARTIAL] = "partial",
        };

        return names[result];
}

const char *job_figure_name(enum job_figure figure)
{
        static const char *const names[_FIGURE_MAX] = {
                [FIGURE_ORDER] = "order",
                [FIGURE_BLOCKS_BEFORE] = "blocks_before",
                [FIGURE_BLOCKS_AFTER] = "blocks_after",
                [FIGURE_CPU_USEC] = "cpu_usec",
                [FIGURE_SIZE_BYTES] = "size_bytes",
                [FIGURE_WANTED] = "wanted",
                [FIGURE_BEFORE] = "before",
                [FIGURE_AFTER] = "after",
                [FIGURE_POSSIBLE_BEFORE] = "possible_before",
                [FIGURE_POSSIBLE] = "possible",
                [FIGURE_ADDED] = "added",
        };

        return names[figure];
}

const char *job_record_name(enum job_record_kind kind)
{
        static const char *const names[] = {
                [RECORD_DONE] = "done",
                [RECORD_FAILED] = "failed",
                [RECORD_ROLLED_BACK] = "rolled-back",
        };

        return names[kind];
}

void job_reason(struct job *job, const struct reason *reason)
{
        (void) reason_list_add(&job->reasons, reason);
}

void job_unsay(struct job *job, uint32_t block)
{
        size_t kept = 0;

        for (size_t i = 0; i < job->reasons.n_items; i++) {
                if (job->reasons.items[i].block == block)
                        free(job->reasons.items[i].text);
                else
                        job->reasons.items[kept++] = job->reasons.items[i];
        }
        job->reasons.n_items = kept;
}

void job_note(struct job *job, const char *format, ...)
{
        _cleanup_free_ char *text = NULL;
        char **notes;
        size_t n = 0;
        va_list list;
        int r;

        va_start(list, format);
        r = vasprintf(&text, format, list);
        va_end(list);
        if (r < 0) {
                text = NULL;
                return;
        }
        while (job->notes && job->notes[n])
                n++;
        notes = reallocarray(job->notes, n + 2, sizeof(*notes));
        if (!notes)
                return;
        job->notes = notes;
        notes[n] = TAKE_PTR(text);
        notes[n + 1] = NULL;
}

void job_record(struct job *job, uint32_t block, enum job_record_kind kind)
{
        struct job_record *records = reallocarray(job->records, job->n_records + 1, sizeof(*records));

        if (!records)
                return;
        job->records = records;
        records[job->n_records++] = (struct job_record){ .block = block, .kind = kind };
}
