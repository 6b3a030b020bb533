/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine at a glance, and its DIMMs.
 */
#include "cli/report/html.h"
#include "cli/report/sections.h"
#include "memctl/bus.h"

#include "config.h"

#include <inttypes.h>
#include <string.h>

/* Rows of the table; those with errors come on top. */
#define DIMMS_MAX 32

static void put_size_fact(FILE *file, const char *name, uint64_t bytes)
{
        html_fact(file, name);
        html_size(file, bytes);
        html_fact_end(file);
}

static void put_text_fact(FILE *file, const char *name, const char *text)
{
        html_fact(file, name);
        html_text(file, *text ? text : "\xe2\x80\x93");
        html_fact_end(file);
}

static void put_count_fact(FILE *file, const char *name, json_object *list)
{
        html_fact(file, name);
        if (list)
                (void) fprintf(file, "%zu", json_object_array_length(list));
        else
                (void) fputs("\xe2\x80\x93", file);
        html_fact_end(file);
}

static void put_module_fact(FILE *file, const struct facts *facts)
{
        html_fact(file, "memctl.ko");
        if (*facts->why[FACT_MODULE])
                (void) fputs(facts->context->root ? "none in a tree" : "not there", file);
        else
                html_put(file, "%s (%s)", value_text(facts->module, "version"),
                         value_text(facts->module, "binding"));
        html_fact_end(file);
}

/* -1, where nobody counts, is a dash. */
static void put_errors(FILE *file, json_object *dimm, const char *name)
{
        json_object *value;

        if (json_object_object_get_ex(dimm, name, &value) && json_object_get_int64(value) >= 0)
                html_cell_number(file, json_object_get_uint64(value));
        else
                (void) fputs("<td class=\"n\">\xe2\x80\x93</td>", file);
}

static int compare_dimms(const void *a, const void *b)
{
        json_object *const *x = a, *const *y = b;
        const char *first = value_text(*x, "Name"), *second = value_text(*y, "Name");
        size_t n = strlen(first), m = strlen(second);

        return n != m ? (n < m ? -1 : 1) : strcmp(first, second);
}

static bool has_errors(json_object *dimm)
{
        return (int64_t) value_number(dimm, "CorrectedErrors") > 0 ||
               (int64_t) value_number(dimm, "UncorrectedErrors") > 0;
}

static void put_dimm(FILE *file, json_object *dimm)
{
        const char *label = value_text(dimm, "Label");

        html_row_heading(file, value_text(dimm, "Name"));
        html_cell(file, *label ? label : NULL);
        put_errors(file, dimm, "Node");
        html_cell_size(file, value_number(dimm, "Size"));
        html_cell_size(file, value_number(dimm, "OnlineBytes"));
        html_cell(file, value_flag(dimm, "Ejectable") ? "yes" : "no");
        put_errors(file, dimm, "CorrectedErrors");
        put_errors(file, dimm, "UncorrectedErrors");
        (void) fputs("</tr>\n", file);
}

/* The first, and those with errors. */
static void put_dimms(FILE *file, json_object *dimms)
{
        static const struct html_column columns[] = {
                { "DIMM", false },  { "Label", false },     { "Node", true },      { "Size", true },
                { "Online", true }, { "Ejectable", false }, { "Corrected", true }, { "Uncorrected", true },
        };
        size_t left_out = 0;

        json_object_array_sort(dimms, compare_dimms);
        html_table(file, "DIMMs, with the errors that EDAC has counted", columns, ELEMENTSOF(columns));
        for (size_t i = 0; i < json_object_array_length(dimms); i++) {
                json_object *dimm = json_object_array_get_idx(dimms, i);

                if (i < DIMMS_MAX || has_errors(dimm))
                        put_dimm(file, dimm);
                else
                        left_out++;
        }
        html_table_end(file);
        if (left_out > 0)
                (void) fprintf(file,
                               "<p class=\"note\">And %zu others without errors: memctl dimm list.</p>\n",
                               left_out);
}

int section_machine(FILE *file, const struct facts *facts)
{
        json_object *problems = value_array(facts->manager, "Problems");
        uint64_t block_size = value_number(facts->manager, "BlockSize");

        (void) fputs("<dl class=\"big\">\n", file);
        if (block_size > 0) {
                put_size_fact(file, "Online in blocks", value_number(facts->manager, "OnlineBytes"));
                put_size_fact(file, "Offline", value_number(facts->manager, "OfflineBytes"));
        }
        put_count_fact(file, "DIMMs", facts->dimms);
        put_count_fact(file, "NUMA nodes", facts->nodes);
        (void) fputs("</dl>\n<dl>\n", file);
        if (block_size > 0)
                put_size_fact(file, "Block size", block_size);
        html_fact(file, "Blocks");
        (void) fprintf(file, "%" PRIu64, value_number(facts->manager, "Blocks"));
        html_fact_end(file);
        put_text_fact(file, "Kernel", facts->release);
        put_text_fact(file, "Architecture", facts->arch);
        put_text_fact(file, "memctld", value_text(facts->manager, "Version"));
        put_module_fact(file, facts);
        (void) fputs("</dl>\n", file);
        for (size_t i = 0; problems && i < json_object_array_length(problems) && i < 20; i++)
                html_missing(file, "Cannot be read:",
                             json_object_get_string(json_object_array_get_idx(problems, i)));
        if (facts->dimms && json_object_array_length(facts->dimms) > 0)
                put_dimms(file, facts->dimms);
        else if (facts->dimms)
                (void) fputs("<p class=\"note\">The firmware names no DIMMs that can be plugged (ACPI "
                             "PNP0C80).</p>\n",
                             file);
        else
                html_missing(file, "No DIMMs:", facts->why[FACT_DIMMS]);
        return 0;
}
