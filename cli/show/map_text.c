/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/map_text.h"

#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/show/terminal.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX  32

/* Each kind is another character: the colour only repeats it. */
static const struct {
        char character;
        const char *colour; /* ANSI, 16 colours, which people set to what they can read */
} looks[CELL_KINDS] = {
        [CELL_ABSENT] = { ' ', "0" },   [CELL_OFFLINE] = { '-', "34" }, [CELL_FREE] = { '.', "32" },
        [CELL_MOVABLE] = { 'o', "32" }, [CELL_UNKNOWN] = { '?', "36" }, [CELL_FEW] = { '+', "33" },
        [CELL_SOME] = { 'x', "35" },    [CELL_MOSTLY] = { '#', "31" },
};

static void put_cell(enum cell_kind kind, bool colour)
{
        if (colour && kind != CELL_ABSENT)
                (void) printf("\033[%sm%c\033[0m", looks[kind].colour, looks[kind].character);
        else
                (void) putchar(looks[kind].character);
}

/* Items side by side, as many as fit. */
struct legend {
        size_t width, used;
        bool colour;
};

static void legend_put(struct legend *legend, enum cell_kind kind, char character, const char *text)
{
        size_t length = strlen(text) + 2;

        if (legend->used > 0 && legend->used + 3 + length > legend->width) {
                (void) putchar('\n');
                legend->used = 0;
        }
        if (legend->used > 0)
                (void) fputs("   ", stdout);
        legend->used += length + (legend->used > 0 ? 3 : 0);
        if (kind == CELL_ABSENT)
                (void) putchar(character);
        else
                put_cell(kind, legend->colour);
        (void) printf(" %s", text);
}

static void print_legend(const struct picture *picture, uint64_t block_size, size_t width, bool colour,
                         bool borders)
{
        struct legend legend = { .width = width, .colour = colour };
        _cleanup_free_ char *size = human_size(block_size * picture->blocks_per_cell);

        (void) printf("\n1 cell = %" PRIu64 " block%s = %s\n", picture->blocks_per_cell,
                      picture->blocks_per_cell == 1 ? "" : "s", size ? size : "?");
        for (enum cell_kind kind = CELL_OFFLINE; kind < CELL_KINDS; kind++)
                if (picture->used[kind])
                        legend_put(&legend, kind, 0, cell_kind_text(kind));
        if (borders)
                legend_put(&legend, CELL_ABSENT, '|', "a DIMM begins or ends");
        (void) putchar('\n');
}

/* Digits of the highest address that begins a row. */
static int address_digits(const struct wire_blocks *wire)
{
        const uint32_t *number = wire->number.data;
        uint64_t address = wire->number.n > 0 ? number[wire->number.n - 1] * wire->block_size : 0;
        int digits = 9;

        while (digits < 16 && address >> (4 * digits) > 0)
                digits++;
        return digits;
}

static bool has_dimms(const struct wire_blocks *wire)
{
        const uint32_t *dimm = wire->dimm.data;

        for (size_t i = 0; i < wire->dimm.n; i++)
                if (dimm[i] != MEMCTL_NONE)
                        return true;
        return false;
}

static void print_rows(const struct picture *picture, uint64_t block_size, int digits, bool borders,
                       bool colour)
{
        for (size_t row = 0; row < picture->n_rows; row++) {
                size_t first = row * picture->n_columns, end = first + picture->n_columns;

                while (picture->cells[end - 1].kind == CELL_ABSENT && !picture_border(picture, end - 1))
                        end--;
                (void) printf("0x%0*" PRIx64 " ", digits, picture->row_first[row] * block_size);
                for (size_t i = first; i < end; i++) {
                        if (borders)
                                (void) putchar(picture_border(picture, i) ? '|' : ' ');
                        /* the last cell may be none, and only there for its border */
                        if (i + 1 < end || picture->cells[i].kind != CELL_ABSENT)
                                put_cell(picture->cells[i].kind, colour);
                }
                (void) putchar('\n');
        }
}

int map_text(const struct context *context, const struct wire_blocks *wire,
             const struct picture_block *blocks)
{
        size_t width = terminal_width(), label, room;
        int digits = address_digits(wire), r;
        bool borders = has_dimms(wire), colour = terminal_wants_colour(context);
        struct picture picture;

        label = (size_t) digits + 3;
        room = width > label ? width - label : 1;
        /* A column of its own for borders, where every block has a cell even so. */
        r = picture_make(blocks, wire->number.n, power_of_two_up_to(borders ? room / 2 : room), ROWS_MAX,
                         &picture);
        if (r >= 0 && borders && picture.blocks_per_cell > 1) {
                borders = false;
                picture_clear(&picture);
                r = picture_make(blocks, wire->number.n, power_of_two_up_to(room), ROWS_MAX, &picture);
        }
        if (r < 0) {
                complain("failed", "%s", strerror(-r));
                return EXIT_FAILED;
        }

        output_begin(context, true);
        print_rows(&picture, wire->block_size, digits, borders, colour);
        print_legend(&picture, wire->block_size, width, colour, borders);
        picture_clear(&picture);
        return output_finish();
}
