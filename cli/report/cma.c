/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA areas: their figures, which memory is allocated, and why allocations failed.
 */
#include "cli/report/html.h"
#include "cli/report/sections.h"
#include "cli/show/cma_failure.h"
#include "cli/show/cma_picture.h"

#include <errno.h>
#include <inttypes.h>

#define COLUMNS      32
#define ROWS_MAX     24
#define CELL         12 /* a gap of 2 included */
#define FAILURES_MAX 8

static void put_size_fact(FILE *file, json_object *area, const char *member, const char *name)
{
        if (!json_object_object_get_ex(area, member, NULL))
                return;
        html_fact(file, name);
        html_size(file, value_number(area, member));
        html_fact_end(file);
}

static void put_count_fact(FILE *file, json_object *area, const char *member, const char *name)
{
        if (!json_object_object_get_ex(area, member, NULL))
                return;
        html_fact(file, name);
        (void) fprintf(file, "%" PRIu64, value_number(area, member));
        html_fact_end(file);
}

static void put_figures(FILE *file, json_object *area)
{
        json_object *fragmentation;

        (void) fputs("<dl>\n", file);
        put_size_fact(file, area, "total_bytes", "Size");
        put_size_fact(file, area, "used_bytes", "Allocated");
        put_size_fact(file, area, "largest_free_bytes", "Largest free run");
        if (json_object_object_get_ex(area, "fragmentation", &fragmentation)) {
                html_fact(file, "Fragmentation");
                (void) fprintf(file, "%.0f %%", json_object_get_double(fragmentation) * 100);
                html_fact_end(file);
        }
        put_size_fact(file, area, "peak_bytes", "Most at a time");
        put_count_fact(file, area, "alloc_success", "Allocations");
        put_count_fact(file, area, "alloc_failed", "Failed");
        put_count_fact(file, area, "alloc_success_pages", "Pages allocated");
        put_count_fact(file, area, "alloc_failed_pages", "Pages failed");
        (void) fputs("</dl>\n", file);
}

/* The mark is as high as what is allocated is much. */
static void put_cell(FILE *file, const struct cma_cell *cell, unsigned int x)
{
        static const char *const classes[CMA_CELL_KINDS] = {
                [CMA_CELL_SOME] = "part", [CMA_CELL_BEFORE] = "before", [CMA_CELL_USED] = "used"
        };

        (void) fprintf(
                file,
                "<g><title>0x%016" PRIx64 "-0x%016" PRIx64 "\n%s: %" PRIu64 " of %" PRIu64
                " bytes</title><rect class=\"cell k-free\" x=\"%.1f\" y=\"1.5\" width=\"9\" height=\"9\" "
                "rx=\"1\"/>",
                cell->start, cell->start + cell->size - 1, cma_cell_kind_text(cell->kind), cell->used,
                cell->size, x + 1.5);
        if (classes[cell->kind])
                (void) fprintf(file, "<rect class=\"%s\" x=\"%u\" y=\"%d\" width=\"10\" height=\"%d\"/>",
                               classes[cell->kind], x + 1, cell->kind == CMA_CELL_SOME ? 6 : 1,
                               cell->kind == CMA_CELL_SOME ? 5 : 10);
        if (cell->kind == CMA_CELL_BEFORE)
                (void) fprintf(file, "<path class=\"edge\" d=\"M%u 3l6 6\"/>", x + 3);
        (void) fputs("</g>", file);
}

static void put_caption(FILE *file, const struct cma_picture *picture)
{
        (void) fputs("</div>\n<figcaption>One cell is ", file);
        html_size(file, picture->bytes_per_cell);
        (void) fputs(". A full cell is allocated, one that is half full in part", file);
        if (picture->used[CMA_CELL_BEFORE])
                (void) fputs(", one with a stroke since before memctl.ko was loaded", file);
        (void) fputs("; what is empty is lent to memory that moves.</figcaption>\n</figure>\n", file);
}

static int put_picture(FILE *file, json_object *area, const struct cma_map *map)
{
        json_object *holders = value_array(area, "holders");
        struct cma_picture picture;

        if (!value_is_list_of(holders, json_type_object))
                holders = NULL;
        if (cma_picture_make(map, holders, COLUMNS, ROWS_MAX, &picture) < 0)
                return -ENOMEM;
        (void) fputs(
                "<figure>\n<div class=\"map\" role=\"img\" aria-label=\"Picture of what is allocated in the "
                "area ",
                file);
        html_text(file, value_text(area, "name"));
        (void) fputs("\">\n", file);
        for (size_t row = 0; row < picture.n_rows; row++) {
                const struct cma_cell *cells = &picture.cells[row * COLUMNS];

                (void) fprintf(file, "<div><span>0x%09" PRIx64 "</span><svg viewBox=\"0 0 %d %d\">",
                               cells[0].start, COLUMNS * CELL, CELL);
                for (size_t i = 0; i < COLUMNS && cells[i].kind != CMA_CELL_NONE; i++)
                        put_cell(file, &cells[i], (unsigned int) (i * CELL));
                (void) fputs("</svg></div>\n", file);
        }
        put_caption(file, &picture);
        cma_picture_clear(&picture);
        return 0;
}

static int put_map(FILE *file, json_object *area)
{
        struct cma_map map = { 0 };
        int r = cma_map_read(area, &map);

        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                html_missing(
                        file, "No picture:",
                        r == -ENODATA
                                ? "which of its memory is allocated is told to who may inspect processes, "
                                  "by memctl.ko or the kernel's debugfs"
                                : "memctld's answer makes no sense");
                return 0;
        }
        r = put_picture(file, area, &map);
        cma_map_clear(&map);
        return r;
}

static void put_failures(FILE *file, json_object *area)
{
        json_object *failures = value_array(area, "failures");
        size_t n = value_is_list_of(failures, json_type_object) ? json_object_array_length(failures) : 0;

        if (n == 0)
                return;
        (void) fputs("<p>The last allocations that failed:</p>\n<ul>\n", file);
        for (size_t i = 0; i < n && i < FAILURES_MAX; i++) {
                json_object *failure = json_object_array_get_idx(failures, n - 1 - i);
                const char *advice = cma_cause_advice(value_text(failure, "cause"));
                _cleanup_free_ char *text = cma_failure_text(failure);

                (void) fputs("<li>", file);
                html_text(file, text ? text : "?");
                if (*advice) {
                        (void) fputs(". <span class=\"note\">", file);
                        html_text(file, advice);
                        (void) fputs("</span>", file);
                }
                (void) fputs("</li>\n", file);
        }
        (void) fputs("</ul>\n", file);
}

static int put_area(FILE *file, const struct facts *facts, json_object *area)
{
        json_object *shown = NULL;
        int r = 0;

        (void) fputs("<h3>", file);
        html_text(file, value_text(area, "name"));
        (void) fputs("</h3>\n", file);
        put_figures(file, area);
        if (!json_object_object_get_ex(facts->shown, value_text(area, "name"), &shown))
                return 0;
        if (!json_object_is_type(shown, json_type_object)) {
                html_missing(file, "No picture:", json_object_get_string(shown));
                return 0;
        }
        r = put_map(file, shown);
        put_failures(file, shown);
        return r;
}

int section_cma(FILE *file, const struct facts *facts)
{
        json_object *all = json_object_array_get_idx(facts->areas, 0), *notes;
        int r = 0;

        if (*facts->why[FACT_CMA]) {
                html_missing(file, "Cannot be told:", facts->why[FACT_CMA]);
                return 0;
        }
        if (json_object_array_length(facts->areas) == 1 && value_number(all, "total_bytes") == 0) {
                (void) fputs(
                        "<p class=\"note\">No memory is set aside for contiguous allocations (CMA).</p>\n",
                        file);
                return 0;
        }
        (void) fputs("<dl>\n", file);
        put_size_fact(file, all, "total_bytes", "All areas");
        put_size_fact(file, all, "free_bytes", "Free for anybody");
        put_count_fact(file, all, "alloc_success", "Allocations since boot");
        put_count_fact(file, all, "alloc_failed", "Failed since boot");
        (void) fputs("</dl>\n", file);
        for (size_t i = 1; r >= 0 && i < json_object_array_length(facts->areas); i++)
                r = put_area(file, facts, json_object_array_get_idx(facts->areas, i));
        notes = value_array(all, "notes");
        for (size_t i = 0; notes && i < json_object_array_length(notes); i++)
                html_missing(file,
                             "Less is told:", json_object_get_string(json_object_array_get_idx(notes, i)));
        return r;
}
