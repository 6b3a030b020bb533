/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose pages there are, and which of them move.
 */
#include "cli/report/html.h"
#include "cli/report/sections.h"
#include "cli/show/census.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Rows of the table; the rest is one. */
#define OWNERS_MAX 40

enum part { PART_FREE, PART_MOVE, PART_UNKNOWN, PART_STAY, PARTS };

static const struct {
        const char *name, *stack, *bar;
} parts[PARTS] = {
        [PART_FREE] = { "Free", "s-free", "free" },
        [PART_MOVE] = { "In use, and moves", "s-move", "move" },
        [PART_UNKNOWN] = { "Cannot be told", "s-unknown", "unknown" },
        [PART_STAY] = { "Does not move", "s-stay", "stay" },
};

static enum part part_of(const struct page_class *class)
{
        if (strcmp(class->kind, "free") == 0)
                return PART_FREE;
        return class->movable == MOVABLE_YES  ? PART_MOVE
               : class->movable == MOVABLE_NO ? PART_STAY
                                              : PART_UNKNOWN;
}

static void put_parts(FILE *file, const uint64_t pages[static PARTS], uint64_t all, uint64_t page_size)
{
        double x = 0;

        (void) fputs("<svg class=\"stack\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
                     "aria-hidden=\"true\">",
                     file);
        for (enum part part = 0; part < PARTS; part++) {
                double width = (double) pages[part] * 100 / (double) all;

                if (pages[part] == 0)
                        continue;
                (void) fprintf(file,
                               "<rect class=\"%s\" x=\"%.2f\" width=\"%.2f\" height=\"10\"/>"
                               "<rect class=\"gap\" x=\"%.2f\" width=\".25\" height=\"10\"/>",
                               parts[part].stack, x, width, x + width);
                x += width;
        }
        (void) fputs("</svg>\n<dl>\n", file);
        for (enum part part = 0; part < PARTS; part++) {
                if (pages[part] == 0 && part == PART_UNKNOWN)
                        continue;
                (void) fprintf(file,
                               "<div><dt><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"%s\" "
                               "width=\"10\" height=\"10\"/></svg>%s</dt><dd>",
                               parts[part].stack, parts[part].name);
                html_size(file, pages[part] * page_size);
                (void) fprintf(file, " <span class=\"of\">%.1f %%</span>",
                               (double) pages[part] * 100 / (double) all);
                html_fact_end(file);
        }
        (void) fputs("</dl>\n", file);
}

static void put_share(FILE *file, uint64_t pages, uint64_t all, const char *class)
{
        double share = (double) pages / (double) all;

        (void) fprintf(file, "<td class=\"n share\">%.1f %%", share * 100);
        html_bar(file, share, class);
        (void) fputs("</td></tr>\n", file);
}

static void put_owners(FILE *file, const struct wire_survey *survey, const struct census_row *rows, size_t n,
                       uint64_t all, uint64_t page_size)
{
        static const struct html_column columns[] = {
                { "Owner", false }, { "Class", false }, { "Moves", false },
                { "Size", true },   { "Share", true },
        };
        static const char *const moves[] = { "no", "yes", "?" };
        uint64_t rest = 0;

        html_table(file, "Memory by owner, the most first", columns, ELEMENTSOF(columns));
        for (size_t i = 0; i < n; i++) {
                const struct page_class *class = &survey->classes[rows[i].class];

                if (i >= OWNERS_MAX) {
                        rest += rows[i].pages;
                        continue;
                }
                html_row_heading(file, wire_survey_owner(survey, rows[i].class, rows[i].owner));
                html_cell(file, class->name);
                html_cell(file, moves[class->movable]);
                html_cell_size(file, rows[i].pages * page_size);
                put_share(file, rows[i].pages, all, parts[part_of(class)].bar);
        }
        if (n > OWNERS_MAX) {
                (void) fputs("<tr><th scope=\"row\">", file);
                (void) fprintf(file, "%zu others</th>", n - OWNERS_MAX);
                html_cell(file, NULL);
                html_cell(file, NULL);
                html_cell_size(file, rest * page_size);
                put_share(file, rest, all, "unknown");
        }
        html_table_end(file);
}

/* What the source cannot tell apart. */
static void put_unknown(FILE *file, const struct facts *facts)
{
        json_object *unknown = value_array(facts->survey.about, "unknown");

        (void) fputs("<p class=\"note\">Counted by ", file);
        html_text(file, strcmp(value_text(facts->survey.about, "source"), "module") == 0
                                ? "memctl.ko"
                                : value_text(facts->survey.about, "source"));
        for (size_t i = 0; unknown && i < json_object_array_length(unknown); i++) {
                (void) fputs(i == 0 ? ", which cannot tell " : ", ", file);
                html_text(file, json_object_get_string(json_object_array_get_idx(unknown, i)));
        }
        (void) fputs(".</p>\n", file);
}

int section_movability(FILE *file, const struct facts *facts)
{
        const struct wire_survey *survey = &facts->survey;
        uint64_t page_size = value_number(survey->about, "page_size"), pages[PARTS] = { 0 }, all = 0;
        _cleanup_free_ struct census_row *rows = NULL;
        size_t n;

        if (*facts->why[FACT_SURVEY]) {
                html_missing(file, "Cannot be told:", facts->why[FACT_SURVEY]);
                return 0;
        }
        if (census_make(survey, CENSUS_BY_OWNER, NULL, &rows, &n) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                pages[part_of(&survey->classes[rows[i].class])] += rows[i].pages;
                all += rows[i].pages;
        }
        if (all == 0)
                return 0;
        put_parts(file, pages, all, page_size);
        put_owners(file, survey, rows, n, all, page_size);
        put_unknown(file, facts);
        return 0;
}
