/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/picture.h"

#include "memctl/bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COLUMN(a)                                                                                           \
        {                                                                                                   \
                (a), ELEMENTSOF(a)                                                                          \
        }

static struct picture_block counted(uint32_t number, struct page_sums pages)
{
        return (struct picture_block){
                .number = number, .dimm = MEMCTL_NONE, .counted = true, .pages = pages
        };
}

static void assert_kind(const struct picture_block *blocks, size_t n, enum cell_kind kind)
{
        struct picture picture;

        /* one column and one row: all in one cell */
        assert_int_equal(picture_make(blocks, n, 1, 1, &picture), 0);
        assert_int_equal(picture.n_rows, 1);
        assert_int_equal(picture.cells[0].n_blocks, n);
        assert_int_equal(picture.cells[0].kind, kind);
        assert_true(picture.used[kind]);
        picture_clear(&picture);
}

static void test_kinds(void **state)
{
        static const struct {
                struct page_sums pages; /* free, movable, unmovable, unknown */
                enum cell_kind kind;
        } cases[] = {
                { { 100, 0, 0, 0 }, CELL_FREE },   { { 99, 1, 0, 0 }, CELL_MOVABLE },
                { { 0, 0, 0, 0 }, CELL_FREE },     { { 50, 49, 0, 1 }, CELL_UNKNOWN },
                { { 0, 99, 1, 0 }, CELL_FEW },     { { 0, 95, 5, 0 }, CELL_FEW },
                { { 0, 94, 6, 0 }, CELL_SOME },    { { 50, 0, 50, 0 }, CELL_SOME },
                { { 40, 9, 51, 0 }, CELL_MOSTLY }, { { 0, 0, 1, 0 }, CELL_MOSTLY },
                { { 0, 10, 1, 99 }, CELL_FEW },    { { UINT64_MAX - 1, 0, 1, 0 }, CELL_FEW },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct picture_block block = counted(0, cases[i].pages);

                assert_kind(&block, 1, cases[i].kind);
        }
}

/* One page that does not move is seen, however many blocks the cell shows; so is one nobody counted. */
static void test_many_in_a_cell(void **state)
{
        struct picture_block blocks[8];

        (void) state;

        for (uint32_t i = 0; i < ELEMENTSOF(blocks); i++)
                blocks[i] = counted(i, (struct page_sums){ .free = 1000, .movable = 1000 });
        assert_kind(blocks, 8, CELL_MOVABLE);
        blocks[3].counted = false;
        blocks[3].pages = (struct page_sums){ 0 };
        assert_kind(blocks, 8, CELL_UNKNOWN);
        blocks[5].pages.unmovable = 1;
        assert_kind(blocks, 8, CELL_FEW);
        for (size_t i = 0; i < ELEMENTSOF(blocks); i++)
                blocks[i] = (struct picture_block){ .number = (uint32_t) i, .offline = true };
        assert_kind(blocks, 8, CELL_OFFLINE);
        blocks[0] = counted(0, (struct page_sums){ .free = 1 });
        assert_kind(blocks, 8, CELL_FREE);
}

static void test_large_machine(void **state)
{
        enum { BLOCKS = 100000 };
        struct picture_block *blocks = calloc(BLOCKS, sizeof(*blocks));
        struct picture picture;
        uint64_t seen = 0;

        (void) state;

        assert_non_null(blocks);
        for (uint32_t i = 0; i < BLOCKS; i++)
                blocks[i] = counted(i, (struct page_sums){ .movable = 1 });
        assert_int_equal(picture_make(blocks, BLOCKS, 64, 32, &picture), 0);
        assert_int_equal(picture.blocks_per_cell, 64);
        assert_int_equal(picture.n_rows, 25);
        for (size_t i = 0; i < picture.n_rows * picture.n_columns; i++)
                seen += picture.cells[i].n_blocks;
        assert_int_equal(seen, BLOCKS);
        assert_int_equal(picture.row_first[1], 64 * 64);
        picture_clear(&picture);
        free(blocks);
}

/* Far from each other, up to the last number there can be: rows between them are left out. */
static void test_gaps(void **state)
{
        struct picture_block blocks[] = {
                counted(0, (struct page_sums){ .free = 1 }),
                counted(5, (struct page_sums){ .free = 1 }),
                counted(1000000, (struct page_sums){ .movable = 1 }),
                counted(UINT32_MAX, (struct page_sums){ .unmovable = 1 }),
        };
        struct picture picture;

        (void) state;

        assert_int_equal(picture_make(blocks, ELEMENTSOF(blocks), 8, 32, &picture), 0);
        assert_int_equal(picture.blocks_per_cell, 1);
        assert_int_equal(picture.n_rows, 3);
        assert_int_equal(picture.cells[0].kind, CELL_FREE);
        assert_int_equal(picture.cells[1].kind, CELL_ABSENT);
        assert_int_equal(picture.cells[5].kind, CELL_FREE);
        assert_int_equal(picture.row_first[1], 1000000);
        assert_int_equal(picture.cells[8].kind, CELL_MOVABLE);
        assert_int_equal(picture.row_first[2], UINT32_MAX - 7);
        assert_int_equal(picture.cells[23].kind, CELL_MOSTLY);
        picture_clear(&picture);

        assert_int_equal(picture_make(blocks, ELEMENTSOF(blocks), 1, 1, &picture), 0);
        assert_int_equal(picture.n_rows, 1);
        assert_int_equal(picture.cells[0].n_blocks, 4);
        assert_int_equal(picture.cells[0].last, UINT32_MAX);
        picture_clear(&picture);

        assert_int_equal(picture_make(blocks, 0, 8, 32, &picture), 0);
        assert_int_equal(picture.n_rows, 0);
        picture_clear(&picture);
}

static void test_borders(void **state)
{
        static const bool expected[] = { false, true, false, true, true, false, true, false };
        static const uint32_t dimms[] = { MEMCTL_NONE, 0, 0, 1, MEMCTL_NONE, MEMCTL_NONE, 1 };
        struct picture_block blocks[ELEMENTSOF(dimms)];
        struct picture picture;

        (void) state;

        for (uint32_t i = 0; i < ELEMENTSOF(dimms); i++) {
                blocks[i] = counted(i, (struct page_sums){ .free = 1 });
                blocks[i].dimm = dimms[i];
        }
        assert_int_equal(picture_make(blocks, 7, 4, 32, &picture), 0);
        for (size_t i = 0; i < 7; i++)
                assert_int_equal(picture_border(&picture, i), expected[i]);
        assert_true(picture_border(&picture, 7)); /* where the last DIMM ends */
        picture_clear(&picture);
}

static void test_blocks(void **state)
{
        static const uint32_t number[] = { 1, 2, 7 }, dimm[] = { MEMCTL_NONE, 0, 0 };
        static const uint8_t states[] = { 0, 1, 0 };
        static const uint32_t block[] = { 1, 2, 1, 1, 99, 1, 1 };
        static const uint8_t class[] = { 0, 1, 1, 2, 1, 3, 1 };
        static const uint64_t pages[] = { 10, 20, 30, 40, 50, 60, 70 };
        struct page_class classes[] = {
                { "free", "free", MOVABLE_YES },
                { "lru_anon", "lru", MOVABLE_YES },
                { "slab", "unmovable", MOVABLE_NO },
                { "other", "", MOVABLE_UNKNOWN },
        };
        struct wire_blocks wire = {
                .number = COLUMN(number),
                .dimm = COLUMN(dimm),
                .state = COLUMN(states),
                .states = json_tokener_parse("[\"online\",\"offline\"]"),
        };
        struct wire_survey survey = {
                .block = COLUMN(block),
                .class = COLUMN(class),
                .pages = COLUMN(pages),
                .classes = classes,
                .n_classes = ELEMENTSOF(classes),
        };
        struct picture_block *blocks = picture_blocks(&wire, &survey);

        (void) state;

        assert_non_null(blocks);
        assert_true(blocks[0].counted);
        assert_int_equal(blocks[0].pages.free, 10);
        assert_int_equal(blocks[0].pages.movable, 100);
        assert_int_equal(blocks[0].pages.unmovable, 40);
        assert_int_equal(blocks[0].pages.unknown, 60);
        /* went offline between the two questions */
        assert_true(blocks[1].offline);
        assert_false(blocks[1].counted);
        /* nobody counted: not the same as empty */
        assert_false(blocks[2].offline);
        assert_false(blocks[2].counted);
        assert_int_equal(blocks[2].dimm, 0);
        assert_kind(&blocks[2], 1, CELL_UNKNOWN);
        json_object_put(wire.states);
        free(blocks);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kinds),         cmocka_unit_test(test_many_in_a_cell),
                cmocka_unit_test(test_large_machine), cmocka_unit_test(test_gaps),
                cmocka_unit_test(test_borders),       cmocka_unit_test(test_blocks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
