/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The picture of blocks: a row of cells each an SVG, so that addresses beside it stay as large as text is.
 */
#include "cli/report/html.h"
#include "cli/report/sections.h"
#include "cli/show/map_svg.h"

#include <errno.h>
#include <inttypes.h>

#define COLUMNS  32
#define ROWS_MAX 48
#define CELL     12 /* a gap of 2 included */

static const char *const names[CELL_KINDS] = {
        [CELL_OFFLINE] = "offline", [CELL_FREE] = "free", [CELL_MOVABLE] = "movable",
        [CELL_UNKNOWN] = "unknown", [CELL_FEW] = "few",   [CELL_SOME] = "some",
        [CELL_MOSTLY] = "mostly",
};

/* The shape tells kinds apart without any colour: a mark from the bottom, as high as what does not move is
 * much. */
static void put_shape(FILE *file, enum cell_kind kind, unsigned int x)
{
        static const unsigned int heights[CELL_KINDS] = {
                [CELL_FEW] = 3, [CELL_SOME] = 6, [CELL_MOSTLY] = 10
        };

        if (heights[kind] > 0)
                (void) fprintf(file, "<rect class=\"mark\" x=\"%u\" y=\"%u\" width=\"10\" height=\"%u\"/>",
                               x + 1, 11 - heights[kind], heights[kind]);
        if (kind == CELL_UNKNOWN)
                (void) fprintf(file, "<path class=\"cross\" d=\"M%u 3l6 6\"/>", x + 3);
}

static void put_cell(FILE *file, const struct wire_blocks *wire, const struct cell *cell, unsigned int x,
                     json_object *dimms)
{
        (void) fputs("<g>", file);
        map_svg_title(file, wire, cell, dimms);
        (void) fprintf(file,
                       "<rect class=\"cell k-%s\" x=\"%.1f\" y=\"1.5\" width=\"9\" height=\"9\" rx=\"1\"/>",
                       names[cell->kind], x + 1.5);
        put_shape(file, cell->kind, x);
        (void) fputs("</g>", file);
}

static void put_row(FILE *file, const struct facts *facts, const struct picture *picture, size_t row,
                    json_object *dimms)
{
        (void) fprintf(file, "<div><span>0x%09" PRIx64 "</span><svg viewBox=\"0 0 %d %d\">",
                       picture->row_first[row] * facts->blocks.block_size, COLUMNS * CELL, CELL);
        for (size_t column = 0; column < COLUMNS; column++) {
                size_t index = row * COLUMNS + column;
                unsigned int x = (unsigned int) (column * CELL);

                if (picture->cells[index].kind != CELL_ABSENT)
                        put_cell(file, &facts->blocks, &picture->cells[index], x, dimms);
                if (picture->blocks_per_cell == 1 && picture_border(picture, index))
                        (void) fprintf(file, "<path class=\"edge\" d=\"M%u 0v%d\"/>", x, CELL);
        }
        (void) fputs("</svg></div>\n", file);
}

/* The legend, and the same in figures for who does not see the picture. */
static void put_legend(FILE *file, const struct facts *facts, const struct picture *picture)
{
        static const struct html_column columns[] = {
                { "Cell", false },
                { "What is in it", false },
                { "Blocks", true },
                { "Size", true },
        };
        uint64_t blocks[CELL_KINDS] = { 0 };

        for (size_t i = 0; i < picture->n_rows * COLUMNS; i++)
                blocks[picture->cells[i].kind] += picture->cells[i].n_blocks;
        html_table(file, "Legend, and how many blocks are of each kind", columns, ELEMENTSOF(columns));
        for (enum cell_kind kind = CELL_OFFLINE; kind < CELL_KINDS; kind++) {
                if (!picture->used[kind])
                        continue;
                (void) fprintf(
                        file,
                        "<tr><td><svg class=\"key\" viewBox=\"0 0 12 12\" role=\"img\" aria-label=\"%s\">"
                        "<rect class=\"cell k-%s\" x=\"1.5\" y=\"1.5\" width=\"9\" height=\"9\" rx=\"1\"/>",
                        cell_kind_text(kind), names[kind]);
                put_shape(file, kind, 0);
                (void) fprintf(file, "</svg></td><th scope=\"row\">%s</th>", cell_kind_text(kind));
                html_cell_number(file, blocks[kind]);
                html_cell_size(file, blocks[kind] * facts->blocks.block_size);
                (void) fputs("</tr>\n", file);
        }
        html_table_end(file);
}

static void put_caption(FILE *file, const struct facts *facts, const struct picture *picture)
{
        (void) fprintf(file, "<figcaption>One cell is %" PRIu64 " block%s, ", picture->blocks_per_cell,
                       picture->blocks_per_cell == 1 ? "" : "s");
        html_size(file, picture->blocks_per_cell * facts->blocks.block_size);
        (void) fputs(". Addresses are on the left; rows without blocks are left out.", file);
        if (picture->blocks_per_cell == 1 && facts->dimms && json_object_array_length(facts->dimms) > 0)
                (void) fputs(" A line stands where a DIMM begins or ends.", file);
        (void) fputs(" A cell with one page that does not move is never shown as movable.</figcaption>\n",
                     file);
}

int section_map(FILE *file, const struct facts *facts)
{
        _cleanup_free_ struct picture_block *blocks = NULL;
        _cleanup_json_ json_object *none = json_object_new_array();
        struct picture picture;

        if (*facts->why[FACT_BLOCKS]) {
                html_missing(file, "No picture:", facts->why[FACT_BLOCKS]);
                return 0;
        }
        if (*facts->why[FACT_SURVEY])
                html_missing(file, "Only states are shown, not what is in blocks:", facts->why[FACT_SURVEY]);
        blocks = picture_blocks(&facts->blocks, &facts->survey);
        if (!blocks || picture_make(blocks, facts->blocks.number.n, COLUMNS, ROWS_MAX, &picture) < 0)
                return -ENOMEM;
        (void) fprintf(
                file,
                "<figure>\n<div class=\"map\" role=\"img\" aria-label=\"Picture of %zu memory blocks by "
                "movability; the table below has its figures\">\n",
                facts->blocks.number.n);
        for (size_t row = 0; row < picture.n_rows; row++)
                put_row(file, facts, &picture, row, facts->dimms ? facts->dimms : none);
        (void) fputs("</div>\n", file);
        put_caption(file, facts, &picture);
        (void) fputs("</figure>\n", file);
        put_legend(file, facts, &picture);
        picture_clear(&picture);
        return 0;
}
