/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/recover.h"

#include "basic/quote.h"

#include <stdio.h>
#include <string.h>

static void say(const struct job *job, const char *text)
{
        char quoted[QUOTE_MAX];

        (void) fprintf(stderr, "memctld: %s %s: %s\n", job->name, quote(job->target, quoted),
                       text);
}

void recover_say_begin(const struct job *job, enum recover_way way)
{
        switch (way) {
        case RECOVER_EJECT:
                say(job, "memctld died in this job: the eject that it was about to ask for is waited for");
                break;
        case RECOVER_GO_ON:
                say(job, "memctld died in this job, which now goes on");
                break;
        default:
                say(job, "memctld died in this job: what it had begun is put back");
        }
}

static bool failed_to_put_back(const struct job *job)
{
        for (size_t i = 0; i < job->reasons.n_items; i++)
                if (job->reasons.items[i].code == REASON_ROLL_BACK_FAILED)
                        return true;
        return false;
}

static void say_what_is_not_back(const struct job *job)
{
        for (size_t i = 0; i < job->reasons.n_items; i++) {
                const struct reason *reason = &job->reasons.items[i];
                char text[160];

                if (reason->code != REASON_ROLL_BACK_FAILED)
                        continue;
                if (reason->block == REASON_NO_BLOCK)
                        (void) snprintf(text, sizeof(text), "not all is as it was: %s",
                                        reason->text ? reason->text : "");
                else
                        (void) snprintf(text, sizeof(text), "block %u is not as it was: %s", reason->block,
                                        reason->text ? reason->text : "");
                say(job, text);
        }
}

void recover_say_end(const struct job *job)
{
        if (job->result == JOB_RESULT_DONE || job->result == JOB_RESULT_PARTIAL)
                say(job, job->result == JOB_RESULT_DONE ? "done" : "partly done");
        else if (failed_to_put_back(job))
                say_what_is_not_back(job);
        else
                say(job, "all is as it was");
}

void recover_say_problems(const char *problems, int error)
{
        const char *end;

        for (; problems && *problems; problems = end + 1) {
                end = strchr(problems, '\n');
                if (!end)
                        break;
                (void) fprintf(stderr, "memctld: %.*s\n", (int) (end - problems), problems);
        }
        if (error < 0)
                (void) fprintf(stderr, "memctld: jobs in which a memctld died cannot be looked for: %s\n",
                               strerror(-error));
}
