/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_map.h"

#include "cli/run/say.h"
#include "cli/show/map_svg.h"
#include "cli/show/terminal.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_ROWS_MAX 16

/* Each kind is another character, and another class of the SVG: the colour only repeats it. */
static const struct {
        char character;
        const char *colour, *class;
} looks[CMA_CELL_KINDS] = {
        [CMA_CELL_NONE] = { ' ', "0", "none" },       [CMA_CELL_FREE] = { '.', "32", "free" },
        [CMA_CELL_SOME] = { '+', "33", "some" },      [CMA_CELL_BEFORE] = { 'o', "36", "before" },
        [CMA_CELL_USED] = { '#', "31", "allocated" },
};

static void put_cell(enum cma_cell_kind kind, bool colour)
{
        if (colour && kind != CMA_CELL_NONE)
                (void) printf("\033[%sm%c\033[0m", looks[kind].colour, looks[kind].character);
        else
                (void) putchar(looks[kind].character);
}

static void print_legend(const struct cma_picture *picture, bool colour)
{
        _cleanup_free_ char *size = human_size(picture->bytes_per_cell);

        (void) printf("1 cell = %s", size ? size : "?");
        for (enum cma_cell_kind kind = CMA_CELL_FREE; kind < CMA_CELL_KINDS; kind++)
                if (picture->used[kind]) {
                        (void) fputs("   ", stdout);
                        put_cell(kind, colour);
                        (void) printf(" %s", cma_cell_kind_text(kind));
                }
        (void) putchar('\n');
}

int cma_map_text(const struct context *context, const struct cma_map *map, json_object *holders)
{
        uint64_t last = map->ranges[map->n_ranges - 1].start;
        size_t width = terminal_width(), label;
        bool colour = terminal_wants_colour(context);
        struct cma_picture picture;
        int digits = 9, r;

        while (digits < 16 && last >> (4 * digits) > 0)
                digits++;
        label = (size_t) digits + 3;
        r = cma_picture_make(map, holders, power_of_two_up_to(width > label ? width - label : 1),
                             TEXT_ROWS_MAX, &picture);
        if (r < 0)
                return r;
        for (size_t row = 0; row < picture.n_rows; row++) {
                const struct cma_cell *cells = &picture.cells[row * picture.n_columns];

                (void) printf("0x%0*" PRIx64 " ", digits, cells[0].start);
                for (size_t i = 0; i < picture.n_columns && cells[i].kind != CMA_CELL_NONE; i++)
                        put_cell(cells[i].kind, colour);
                (void) putchar('\n');
        }
        print_legend(&picture, colour);
        cma_picture_clear(&picture);
        return 0;
}

#define COLUMNS      64
#define SVG_ROWS_MAX 64
#define CELL         13 /* pixels, a gap of 2 included */
#define LEFT         160
#define TOP          56
#define WIDTH        (LEFT + COLUMNS * CELL + 16)

/* Colours that differ in lightness, too, for those who see them alike. */
static const char style[] = "<style>\n"
                            ".paper{fill:#ffffff}text{fill:#1f2328;font:12px monospace}\n"
                            ".title{font:bold 15px sans-serif}\n"
                            ".free{fill:#d8f0dc}.some{fill:#f2cc60}.before{fill:#8c959f}\n"
                            ".allocated{fill:#a3162b}\n"
                            "@media(prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#e6edf3}\n"
                            ".free{fill:#1b3a24}.allocated{fill:#ff4d5e}}\n"
                            "</style>\n";

static void put_row(FILE *file, const struct cma_picture *picture, size_t row)
{
        const struct cma_cell *cells = &picture->cells[row * picture->n_columns];
        size_t y = TOP + row * CELL;

        (void) fprintf(file, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\">0x%010" PRIx64 "</text>\n",
                       LEFT - 8, y + CELL - 3, cells[0].start);
        for (size_t i = 0; i < picture->n_columns && cells[i].kind != CMA_CELL_NONE; i++)
                (void) fprintf(file,
                               "<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\"><title>"
                               "0x%016" PRIx64 "-0x%016" PRIx64 "\n%s: %" PRIu64 " of %" PRIu64
                               " bytes</title></rect>\n",
                               looks[cells[i].kind].class, LEFT + i * CELL, y, CELL - 2, CELL - 2,
                               cells[i].start, cells[i].start + cells[i].size - 1,
                               cma_cell_kind_text(cells[i].kind), cells[i].used, cells[i].size);
}

static void put_legend(FILE *file, const struct cma_picture *picture)
{
        _cleanup_free_ char *size = human_size(picture->bytes_per_cell);
        size_t y = TOP + picture->n_rows * CELL + 16, shown = 0;

        (void) fprintf(file, "<text x=\"16\" y=\"44\">1 cell = %s</text>\n", size ? size : "?");
        for (enum cma_cell_kind kind = CMA_CELL_FREE; kind < CMA_CELL_KINDS; kind++)
                if (picture->used[kind]) {
                        size_t x = 16 + shown++ * 180;

                        (void) fprintf(file,
                                       "<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\"/>"
                                       "<text x=\"%zu\" y=\"%zu\">%s</text>\n",
                                       looks[kind].class, x, y, CELL - 2, CELL - 2, x + 18, y + 10,
                                       cma_cell_kind_text(kind));
                }
}

int cma_map_svg(FILE *file, const char *name, const struct cma_map *map, json_object *holders)
{
        struct cma_picture picture;
        size_t height;
        int r;

        r = cma_picture_make(map, holders, COLUMNS, SVG_ROWS_MAX, &picture);
        if (r < 0)
                return r;
        height = TOP + picture.n_rows * CELL + 48;
        (void) fprintf(file,
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
                       "viewBox=\"0 0 %d %zu\" role=\"img\">\n<title>CMA area ",
                       WIDTH, height, WIDTH, height);
        svg_text(file, name);
        (void) fprintf(file,
                       "</title>\n%s<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n"
                       "<text class=\"title\" x=\"16\" y=\"24\">CMA area ",
                       style);
        svg_text(file, name);
        (void) fputs("</text>\n", file);
        for (size_t row = 0; row < picture.n_rows; row++)
                put_row(file, &picture, row);
        put_legend(file, &picture);
        (void) fputs("</svg>\n", file);
        cma_picture_clear(&picture);
        return 0;
}
