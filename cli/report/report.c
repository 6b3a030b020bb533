/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/report/report.h"

#include "cli/report/html.h"
#include "cli/report/sections.h"
#include "cli/report/style.h"

#include "config.h"

#include <time.h>

static const struct {
        const char *id, *title, *in_short;
        int (*put)(FILE *file, const struct facts *facts);
} sections[] = {
        { "machine", "Machine", "Machine", section_machine },
        { "map", "Memory blocks", "Blocks", section_map },
        { "movability", "Whose pages, and which move", "Movability", section_movability },
        { "cma", "Contiguous memory", "CMA", section_cma },
        { "fragmentation", "Fragmentation", "Fragmentation", section_fragmentation },
        { "jobs", "Last jobs", "Jobs", section_jobs },
        { "matrix", "What migrates on this kernel", "Matrix", section_matrix },
};

static void put_title(FILE *file, const struct facts *facts)
{
        if (facts->context->root)
                html_put(file, "Memory of the tree %s", facts->context->root);
        else
                html_put(file, "Memory of %s", *facts->host ? facts->host : "this machine");
}

/* "2026-11-21 13:37:00 UTC"; of the machine on which memctl runs. */
static void put_time(FILE *file)
{
        char text[64] = "", machine[64] = "";
        time_t now = time(NULL);
        struct tm utc;

        if (gmtime_r(&now, &utc)) {
                (void) strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &utc);
                (void) strftime(machine, sizeof(machine), "%Y-%m-%dT%H:%M:%SZ", &utc);
        }
        (void) fprintf(file, "<time datetime=\"%s\">%s</time>", machine, text);
}

/* The policy forbids all requests, should anything of the page ever make one. */
static void put_head(FILE *file, const struct facts *facts)
{
        (void) fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                     "'unsafe-inline'; img-src data:\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n"
                     "<link rel=\"icon\" href=\"data:,\">\n<title>",
                     file);
        put_title(file, facts);
        (void) fprintf(file, "</title>\n<style>\n%s</style>\n</head>\n", report_style);
}

int report_put(FILE *file, const struct facts *facts)
{
        int r = 0;

        put_head(file, facts);
        (void) fputs("<body>\n<a class=\"skip\" href=\"#main\">To the report</a>\n<header>\n<h1>", file);
        put_title(file, facts);
        (void) fputs("</h1>\n<p class=\"lead\">As memctl saw it on ", file);
        put_time(file);
        if (*facts->release) {
                (void) fputs(", Linux ", file);
                html_text(file, facts->release);
        }
        (void) fputs("</p>\n</header>\n<nav aria-label=\"Sections\"><ul>\n", file);
        for (size_t i = 0; i < ELEMENTSOF(sections); i++)
                (void) fprintf(file, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id,
                               sections[i].in_short);
        (void) fputs("</ul></nav>\n<main id=\"main\">\n", file);
        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(sections); i++) {
                html_section(file, sections[i].id, sections[i].title);
                r = sections[i].put(file, facts);
                (void) fputs("</section>\n", file);
        }
        (void) fprintf(
                file,
                "</main>\n<footer><p>Written by memctl " MEMCTL_VERSION
                ". Sizes are in multiples of 1024. What cannot be told is a dash, never 0.</p></footer>\n"
                "</body>\n</html>\n");
        return r;
}
