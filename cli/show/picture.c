/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/picture.h"

#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

const char *cell_kind_text(enum cell_kind kind)
{
        static const char *const texts[CELL_KINDS] = {
                [CELL_ABSENT] = "no block",
                [CELL_OFFLINE] = "offline",
                [CELL_FREE] = "free",
                [CELL_MOVABLE] = "all movable",
                [CELL_UNKNOWN] = "cannot be told",
                [CELL_FEW] = "up to 5 % unmovable",
                [CELL_SOME] = "up to half unmovable",
                [CELL_MOSTLY] = "mostly unmovable",
        };

        return texts[kind];
}

static int compare_block(const void *number, const void *block)
{
        uint32_t one = *(const uint32_t *) number, other = ((const struct picture_block *) block)->number;

        return (one > other) - (one < other);
}

static void add_pages(struct page_sums *sums, const struct page_class *class, uint64_t pages)
{
        if (strcmp(class->kind, "free") == 0)
                sums->free += pages;
        else if (class->movable == MOVABLE_YES)
                sums->movable += pages;
        else if (class->movable == MOVABLE_NO)
                sums->unmovable += pages;
        else
                sums->unknown += pages;
}

/* Survey entries of one block usually stand together. A block that has come meanwhile is passed over. */
static void count_pages(struct picture_block *blocks, size_t n, const struct wire_survey *survey)
{
        const uint32_t *number = survey->block.data;
        const uint8_t *class = survey->class.data;
        const uint64_t *pages = survey->pages.data;
        struct picture_block *block = NULL;

        for (size_t i = 0; n > 0 && i < survey->block.n; i++) {
                if (!block || block->number != number[i])
                        block = bsearch(&number[i], blocks, n, sizeof(*blocks), compare_block);
                if (!block || block->offline)
                        continue;
                block->counted = true;
                add_pages(&block->pages, &survey->classes[class[i]], pages[i]);
        }
}

struct picture_block *picture_blocks(const struct wire_blocks *blocks, const struct wire_survey *survey)
{
        const uint32_t *number = blocks->number.data, *dimm = blocks->dimm.data;
        const uint8_t *state = blocks->state.data;
        size_t n = blocks->number.n;
        struct picture_block *all = calloc(n + 1, sizeof(*all));

        if (!all)
                return NULL;
        for (size_t i = 0; i < n; i++) {
                const char *text =
                        json_object_get_string(json_object_array_get_idx(blocks->states, state[i]));

                all[i] = (struct picture_block){
                        .number = number[i],
                        .dimm = dimm[i],
                        .offline = strcmp(text, "offline") == 0,
                };
        }
        count_pages(all, n, survey);
        return all;
}

static enum cell_kind kind_of(const struct cell *cell)
{
        const struct page_sums *pages = &cell->pages;
        uint64_t all = pages->free + pages->movable + pages->unmovable + pages->unknown;

        if (cell->n_blocks == 0)
                return CELL_ABSENT;
        if (cell->n_offline == cell->n_blocks)
                return CELL_OFFLINE;
        if (pages->unmovable > all / 2)
                return CELL_MOSTLY;
        if (pages->unmovable > all / 20)
                return CELL_SOME;
        if (pages->unmovable > 0)
                return CELL_FEW;
        if (pages->unknown > 0 || cell->n_uncounted > 0)
                return CELL_UNKNOWN;
        return pages->movable > 0 ? CELL_MOVABLE : CELL_FREE;
}

static void cell_add(struct cell *cell, const struct picture_block *block)
{
        if (cell->n_blocks++ == 0) {
                cell->first = block->number;
                cell->dimm = block->dimm;
        }
        cell->last = block->number;
        if (block->offline)
                cell->n_offline++;
        else if (!block->counted)
                cell->n_uncounted++;
        cell->pages.free += block->pages.free;
        cell->pages.movable += block->pages.movable;
        cell->pages.unmovable += block->pages.unmovable;
        cell->pages.unknown += block->pages.unknown;
}

static size_t count_rows(const struct picture_block *blocks, size_t n, uint64_t blocks_per_row)
{
        size_t rows = 0;

        for (size_t i = 0; i < n; i++)
                if (i == 0 || blocks[i].number / blocks_per_row != blocks[i - 1].number / blocks_per_row)
                        rows++;
        return rows;
}

int picture_make(const struct picture_block *blocks, size_t n, size_t n_columns, size_t rows_max,
                 struct picture *ret)
{
        struct picture picture = { .blocks_per_cell = 1, .n_columns = n_columns };
        uint64_t per_row;
        size_t row = 0;

        /* Ends: block numbers have 32 bits, so some day all are in one row. */
        while ((picture.n_rows = count_rows(blocks, n, picture.blocks_per_cell * n_columns)) > rows_max)
                picture.blocks_per_cell *= 2;
        per_row = picture.blocks_per_cell * n_columns;
        picture.row_first = calloc(picture.n_rows + 1, sizeof(*picture.row_first));
        picture.cells = calloc(picture.n_rows * n_columns + 1, sizeof(*picture.cells));
        if (!picture.row_first || !picture.cells) {
                picture_clear(&picture);
                return -ENOMEM;
        }

        for (size_t i = 0; i < n; i++) {
                if (i > 0 && blocks[i].number / per_row != blocks[i - 1].number / per_row)
                        row++;
                picture.row_first[row] = blocks[i].number / per_row * per_row;
                cell_add(&picture.cells[row * n_columns +
                                        blocks[i].number % per_row / picture.blocks_per_cell],
                         &blocks[i]);
        }
        for (size_t i = 0; i < picture.n_rows * n_columns; i++) {
                picture.cells[i].kind = kind_of(&picture.cells[i]);
                picture.used[picture.cells[i].kind] = true;
        }
        *ret = picture;
        return 0;
}

void picture_clear(struct picture *picture)
{
        free(picture->row_first);
        free(picture->cells);
        *picture = (struct picture){ 0 };
}

bool picture_border(const struct picture *picture, size_t index)
{
        const struct cell *cell = &picture->cells[index];
        uint32_t dimm = cell->n_blocks ? cell->dimm : MEMCTL_NONE, left = MEMCTL_NONE;

        if (index > 0 && picture->cells[index - 1].n_blocks > 0)
                left = picture->cells[index - 1].dimm;
        return dimm != left;
}
