/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last jobs, and why they ended as they did.
 */
#include "cli/report/html.h"
#include "cli/report/sections.h"
#include "cli/show/reason.h"

#include <inttypes.h>

/* Sentences of a job; the rest is a number. */
#define SENTENCES_MAX 6

static void put_sentences(FILE *file, json_object *job)
{
        json_object *reasons = value_array(job, "Reasons"), *notes = value_array(job, "Notes");
        size_t n_reasons =
                value_is_list_of(reasons, json_type_object) ? json_object_array_length(reasons) : 0;
        size_t n_notes = value_is_list_of(notes, json_type_string) ? json_object_array_length(notes) : 0;

        (void) fputs("<td class=\"say\">", file);
        if (n_reasons + n_notes > 0)
                (void) fputs("<ul>", file);
        for (size_t i = 0; i < n_reasons + n_notes && i < SENTENCES_MAX; i++) {
                _cleanup_free_ char *text = NULL;

                (void) fputs("<li>", file);
                if (i < n_reasons)
                        text = reason_text(value_text(job, "Target"), json_object_array_get_idx(reasons, i));
                html_text(file, i >= n_reasons ? json_object_get_string(
                                                         json_object_array_get_idx(notes, i - n_reasons))
                                : text ? text
                                       : "?");
                (void) fputs("</li>", file);
        }
        if (n_reasons + n_notes > SENTENCES_MAX)
                (void) fprintf(file, "<li>and %zu more</li>", n_reasons + n_notes - SENTENCES_MAX);
        (void) fputs(n_reasons + n_notes > 0 ? "</ul></td>" : "\xe2\x80\x93</td>", file);
}

int section_jobs(FILE *file, const struct facts *facts)
{
        static const struct html_column columns[] = {
                { "Job", false },   { "What", false }, { "Target", false }, { "Result", false },
                { "Blocks", true }, { "Moved", true }, { "Seconds", true }, { "Why, and notes", false },
        };

        if (*facts->why[FACT_JOBS]) {
                html_missing(file, "Cannot be told:", facts->why[FACT_JOBS]);
                return 0;
        }
        if (json_object_array_length(facts->jobs) == 0) {
                (void) fputs("<p class=\"note\">memctld knows of no jobs.</p>\n", file);
                return 0;
        }
        html_table(file, "Jobs, the newest first; moved: pages, by the whole machine meanwhile", columns,
                   ELEMENTSOF(columns));
        for (size_t i = 0; i < json_object_array_length(facts->jobs); i++) {
                json_object *job = json_object_array_get_idx(facts->jobs, i);
                const char *result = value_text(job, "Result");

                (void) fprintf(file, "<tr><th scope=\"row\">%" PRIu64 "</th>", value_number(job, "Id"));
                html_cell(file, value_text(job, "Verb"));
                html_cell(file, value_text(job, "Target"));
                html_cell(file, *result ? result : value_text(job, "State"));
                (void) fprintf(file, "<td class=\"n\">%" PRIu64 " of %" PRIu64 "</td>",
                               value_number(job, "BlocksDone"), value_number(job, "BlocksTotal"));
                html_cell_number(file, value_number(job, "PagesMigrated"));
                (void) fprintf(file, "<td class=\"n\">%.1f</td>",
                               (double) value_number(job, "ElapsedUSec") / 1e6);
                put_sentences(file, job);
                (void) fputs("</tr>\n", file);
        }
        html_table_end(file);
        return 0;
}
