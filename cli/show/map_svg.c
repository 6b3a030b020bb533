/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/map_svg.h"

#include "cli/run/say.h"
#include "cli/show/markup.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define COLUMNS  64
#define ROWS_MAX 64
#define CELL     13 /* pixels, a gap of 2 included */
#define LEFT     160
#define TOP      56
#define WIDTH    (LEFT + COLUMNS * CELL + 16)

/* A class a kind, so that light and dark are told apart in one place. */
static const char *const names[CELL_KINDS] = {
        [CELL_OFFLINE] = "offline", [CELL_FREE] = "free", [CELL_MOVABLE] = "movable",
        [CELL_UNKNOWN] = "unknown", [CELL_FEW] = "few",   [CELL_SOME] = "some",
        [CELL_MOSTLY] = "mostly",
};

/* Colours that differ in lightness, too, for those who see them alike. */
static const char style[] =
        "<style>\n"
        ".paper{fill:#ffffff}text{fill:#1f2328;font:12px monospace}\n"
        ".title{font:bold 15px sans-serif}.border{stroke:#1f2328;stroke-width:2}\n"
        ".offline{fill:transparent;stroke:#8c959f}.free{fill:#d8f0dc}.movable{fill:#5fb878}\n"
        ".unknown{fill:#a9b7c6}.few{fill:#f2cc60}.some{fill:#e8833a}.mostly{fill:#a3162b}\n"
        "@media(prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#e6edf3}\n"
        ".border{stroke:#e6edf3}.free{fill:#1b3a24}.mostly{fill:#ff4d5e}}\n"
        "</style>\n";

void svg_text(FILE *file, const char *text)
{
        for (; *text; text++) {
                const char *entity = markup_entity(*text);

                /* U+FFFE and U+FFFF are UTF-8, and no XML */
                if (strncmp(text, "\xef\xbf\xbe", 3) == 0 || strncmp(text, "\xef\xbf\xbf", 3) == 0) {
                        (void) fputc('?', file);
                        text += 2;
                } else if (entity)
                        (void) fputs(entity, file);
                else
                        (void) fputc((unsigned char) *text < ' ' || *text == 127 ? '?' : *text, file);
        }
}

static const char *label_of(json_object *labels, const char *name)
{
        for (size_t i = 0; i < json_object_array_length(labels); i++) {
                json_object *dimm = json_object_array_get_idx(labels, i);

                if (strcmp(value_text(dimm, "Name"), name) == 0)
                        return value_text(dimm, "Label");
        }
        return "";
}

static void put_dimm(FILE *file, const struct wire_blocks *wire, uint32_t index, json_object *labels)
{
        const char *name, *label;

        if (index == MEMCTL_NONE)
                return;
        name = json_object_get_string(json_object_array_get_idx(wire->dimms, index));
        label = label_of(labels, name);
        (void) fputs("\nDIMM ", file);
        svg_text(file, name);
        if (*label) {
                (void) fputs(", ", file);
                svg_text(file, label);
        }
}

void map_svg_title(FILE *file, const struct wire_blocks *wire, const struct cell *cell, json_object *labels)
{
        const struct page_sums *pages = &cell->pages;

        if (cell->first == cell->last)
                (void) fprintf(file, "<title>block %" PRIu32, cell->first);
        else
                (void) fprintf(file, "<title>blocks %" PRIu32 "-%" PRIu32, cell->first, cell->last);
        (void) fprintf(file, ", 0x%016" PRIx64 "-0x%016" PRIx64 "\n%s", cell->first * wire->block_size,
                       (cell->last + UINT64_C(1)) * wire->block_size - 1, cell_kind_text(cell->kind));
        if (cell->n_offline > 0 && cell->n_offline < cell->n_blocks)
                (void) fprintf(file, ", %" PRIu32 " of %" PRIu32 " blocks offline", cell->n_offline,
                               cell->n_blocks);
        if (cell->n_offline + cell->n_uncounted < cell->n_blocks)
                (void) fprintf(file,
                               "\npages: %" PRIu64 " free, %" PRIu64 " movable, %" PRIu64
                               " unmovable, %" PRIu64 " cannot be told",
                               pages->free, pages->movable, pages->unmovable, pages->unknown);
        put_dimm(file, wire, cell->dimm, labels);
        (void) fputs("</title>", file);
}

static void put_row(FILE *file, const struct wire_blocks *wire, const struct picture *picture, size_t row,
                    json_object *labels)
{
        size_t y = TOP + row * CELL;

        (void) fprintf(file, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\">0x%010" PRIx64 "</text>\n",
                       LEFT - 8, y + CELL - 3, picture->row_first[row] * wire->block_size);
        for (size_t column = 0; column < picture->n_columns; column++) {
                size_t index = row * picture->n_columns + column, x = LEFT + column * CELL;
                const struct cell *cell = &picture->cells[index];

                if (cell->kind != CELL_ABSENT) {
                        (void) fprintf(file,
                                       "<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\">",
                                       names[cell->kind], x, y, CELL - 2, CELL - 2);
                        map_svg_title(file, wire, cell, labels);
                        (void) fputs("</rect>\n", file);
                }
                if (picture->blocks_per_cell == 1 && picture_border(picture, index))
                        (void) fprintf(file, "<path class=\"border\" d=\"M%zu %zuv%d\"/>\n", x - 1, y - 1,
                                       CELL);
        }
}

static void put_legend(FILE *file, const struct picture *picture, uint64_t block_size)
{
        _cleanup_free_ char *size = human_size(block_size * picture->blocks_per_cell);
        size_t y = TOP + picture->n_rows * CELL + 16;
        unsigned int shown = 0;

        (void) fprintf(file, "<text x=\"16\" y=\"44\">1 cell = %" PRIu64 " block%s = %s</text>\n",
                       picture->blocks_per_cell, picture->blocks_per_cell == 1 ? "" : "s",
                       size ? size : "?");
        for (enum cell_kind kind = CELL_OFFLINE; kind < CELL_KINDS; kind++) {
                unsigned int x = 16 + shown % 4 * 200;

                if (!picture->used[kind])
                        continue;
                (void) fprintf(file,
                               "<rect class=\"%s\" x=\"%u\" y=\"%zu\" width=\"%d\" height=\"%d\"/>"
                               "<text x=\"%u\" y=\"%zu\">%s</text>\n",
                               names[kind], x, y + shown / 4 * 20, CELL - 2, CELL - 2, x + 18,
                               y + shown / 4 * 20 + 10, cell_kind_text(kind));
                shown++;
        }
}

int map_svg(FILE *file, const struct wire_blocks *wire, const struct picture_block *blocks,
            json_object *labels)
{
        struct picture picture;
        size_t height;
        int r;

        r = picture_make(blocks, wire->number.n, COLUMNS, ROWS_MAX, &picture);
        if (r < 0)
                return r;
        height = TOP + picture.n_rows * CELL + 72;
        (void) fprintf(file,
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
                       "viewBox=\"0 0 %d %zu\" role=\"img\">\n"
                       "<title>Memory blocks by movability</title>\n%s"
                       "<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n"
                       "<text class=\"title\" x=\"16\" y=\"24\">Memory blocks by movability</text>\n",
                       WIDTH, height, WIDTH, height, style);
        for (size_t row = 0; row < picture.n_rows; row++)
                put_row(file, wire, &picture, row, labels);
        put_legend(file, &picture, wire->block_size);
        (void) fputs("</svg>\n", file);
        picture_clear(&picture);
        return 0;
}
