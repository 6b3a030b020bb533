/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How free memory is in pieces: now, and as memctld has seen it before.
 */
#include "cli/report/html.h"
#include "cli/report/sections.h"
#include "cli/show/census.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#define ORDERS_MAX 32

static double share_of(json_object *sample)
{
        uint64_t all = value_number(sample, "free_pages");

        return all > 0 ? (double) value_number(sample, "small_pages") / (double) all : 0;
}

/* "14:05"; of another day "21 Nov 14:05". */
static void put_time(FILE *file, uint64_t usec, bool day)
{
        time_t seconds = (time_t) (usec / 1000000);
        char text[64] = "";
        struct tm utc;

        if (gmtime_r(&seconds, &utc))
                (void) strftime(text, sizeof(text), day ? "%d %b %H:%M UTC" : "%H:%M UTC", &utc);
        (void) fputs(text, file);
}

/* Samples of a node, from index first on: how many there are, and the last of them. */
static size_t count_samples(json_object *history, uint64_t node, json_object **ret_first,
                            json_object **ret_last)
{
        size_t n = 0;

        for (size_t i = 0; i < json_object_array_length(history); i++) {
                json_object *sample = json_object_array_get_idx(history, i);

                if (value_number(sample, "node") != node)
                        continue;
                if (n++ == 0)
                        *ret_first = sample;
                *ret_last = sample;
        }
        return n;
}

/* By the order of the samples in time; where a clock was set back, the line goes back, too. */
static void put_line(FILE *file, json_object *history, uint64_t node, uint64_t first, uint64_t last)
{
        const char *step = "M";

        (void) fputs("<path d=\"", file);
        for (size_t i = 0; i < json_object_array_length(history); i++) {
                json_object *sample = json_object_array_get_idx(history, i);
                double at = (double) value_number(sample, "usec") - (double) first;

                if (value_number(sample, "node") != node)
                        continue;
                (void) fprintf(file, "%s%.1f %.1f", step,
                               last > first ? at * 600 / (double) (last - first) : 0,
                               100 - share_of(sample) * 100);
                step = "L";
        }
        (void) fputs("\"/>", file);
}

static void put_chart(FILE *file, json_object *history, uint64_t node)
{
        json_object *first = NULL, *last = NULL;
        size_t n = count_samples(history, node, &first, &last);
        uint64_t from = value_number(first, "usec"), to = value_number(last, "usec");
        bool day = to - from > UINT64_C(86400) * 1000000 / 2;

        if (n < 3 || to <= from)
                return;
        (void) fprintf(file,
                       "<figure>\n<svg class=\"chart\" viewBox=\"0 0 600 100\" preserveAspectRatio=\"none\" "
                       "role=\"img\" aria-label=\"Node %" PRIu64
                       ": share of free memory in pieces below a huge "
                       "page, %.0f %% at first and %.0f %% at last, in %zu looks\">"
                       "<path class=\"axis\" d=\"M0 0h600M0 50h600M0 100h600\"/>",
                       node, share_of(first) * 100, share_of(last) * 100, n);
        put_line(file, history, node, from, to);
        (void) fputs("</svg>\n<div class=\"ends\"><span>", file);
        put_time(file, from, day);
        (void) fputs("</span><span>", file);
        put_time(file, to, day);
        (void) fprintf(
                file,
                "</span></div>\n<figcaption>Node %" PRIu64
                ": of its free memory, the share in pieces below a huge page. The lines are 0, 50 and 100 "
                "%%; it was %.0f %% at first and is %.0f %%.</figcaption>\n</figure>\n",
                node, share_of(first) * 100, share_of(last) * 100);
}

/* A node each, in any order; what memctld has seen since it started. */
static void put_history(FILE *file, json_object *policy)
{
        json_object *history = value_array(policy, "history"), *nodes = value_array(policy, "nodes");
        size_t n = 0;

        for (size_t i = 0; nodes && i < json_object_array_length(nodes); i++) {
                json_object *first = NULL, *last = NULL;
                uint64_t node = value_number(json_object_array_get_idx(nodes, i), "node");

                if (count_samples(history, node, &first, &last) < 3)
                        continue;
                if (n++ == 0)
                        (void) fputs("<h3>Over time</h3>\n", file);
                put_chart(file, history, node);
        }
        if (n == 0)
                (void) fputs("<p class=\"note\">Over time nothing is known: memctld remembers looks that "
                             "others have it "
                             "take, as memctl-metrics.timer and compaction by itself do, and has fewer than "
                             "three.</p>\n",
                             file);
}

static void put_nodes(FILE *file, json_object *policy)
{
        static const struct html_column columns[] = {
                { "Node", false },  { "Order", true },     { "Free pieces", true },
                { "Target", true }, { "Too small", true }, { "State", false },
        };
        json_object *nodes = value_array(policy, "nodes");

        if (!value_is_list_of(nodes, json_type_object))
                return;
        html_table(file, "Large pieces on each node, and what memctld makes of it", columns,
                   ELEMENTSOF(columns));
        for (size_t i = 0; i < json_object_array_length(nodes); i++) {
                json_object *node = json_object_array_get_idx(nodes, i);
                double small = (double) value_number(node, "small_pages");
                double large = (double) value_number(node, "free") *
                               (double) (UINT64_C(1) << (value_number(node, "order") & 31));

                (void) fprintf(file, "<tr><th scope=\"row\">%" PRIu64 "</th>", value_number(node, "node"));
                html_cell_number(file, value_number(node, "order"));
                html_cell_number(file, value_number(node, "free"));
                html_cell_number(file, value_number(node, "target"));
                (void) fprintf(file, "<td class=\"n\">%.0f %%</td><td class=\"say\">",
                               small + large > 0 ? small * 100 / (small + large) : 0);
                html_text(file, value_text(node, "state"));
                (void) fputs(": ", file);
                html_text(file, value_text(node, "reason"));
                (void) fputs("</td></tr>\n", file);
        }
        html_table_end(file);
}

/* Of all nodes together: what of it can be had in pieces of at least that order. */
static int put_orders(FILE *file, const struct facts *facts)
{
        static const struct html_column columns[] = {
                { "Pieces of at least", false },
                { "Order", true },
                { "Free", true },
                { "Share", true },
        };
        uint64_t pages[ORDERS_MAX] = { 0 }, all = 0, left,
                 page_size = value_number(facts->survey.about, "page_size");
        _cleanup_free_ struct census_row *rows = NULL;
        size_t n, orders = 0;

        if (census_make(&facts->survey, CENSUS_BY_ORDER, NULL, &rows, &n) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                if (strcmp(facts->survey.classes[rows[i].class].kind, "free") != 0 || rows[i].key < 0 ||
                    rows[i].key >= ORDERS_MAX)
                        continue;
                pages[rows[i].key] += rows[i].pages;
                all += rows[i].pages;
                if ((size_t) rows[i].key >= orders)
                        orders = (size_t) rows[i].key + 1;
        }
        if (all == 0 || page_size == 0)
                return 0;
        html_table(file, "Free memory by the size of its pieces, now", columns, ELEMENTSOF(columns));
        left = all;
        for (size_t order = 0; order < orders; left -= pages[order++]) {
                (void) fputs("<tr><th scope=\"row\">", file);
                html_size(file, page_size << order);
                (void) fputs("</th>", file);
                html_cell_number(file, order);
                html_cell_size(file, left * page_size);
                (void) fprintf(file, "<td class=\"n share\">%.1f %%", (double) left * 100 / (double) all);
                html_bar(file, (double) left / (double) all, "free");
                (void) fputs("</td></tr>\n", file);
        }
        html_table_end(file);
        return 0;
}

int section_fragmentation(FILE *file, const struct facts *facts)
{
        if (*facts->why[FACT_POLICY])
                html_missing(file, "By node it cannot be told:", facts->why[FACT_POLICY]);
        else {
                put_nodes(file, facts->policy);
                put_history(file, facts->policy);
        }
        if (*facts->why[FACT_SURVEY]) {
                html_missing(file, "By the size of pieces it cannot be told:", facts->why[FACT_SURVEY]);
                return 0;
        }
        return put_orders(file, facts);
}
