/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma_bitmap.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_text(void **state)
{
        static const char *const none[] = { "",   "\n",         "x",    "1 x",
                                            "-1", "4294967296", "1\t2", "12345678901234567890" };
        uint64_t *words;

        (void) state;

        assert_int_equal(cma_bitmap_count("1 2 3\n"), 3);
        assert_int_equal(cma_bitmap_count("1 x"), 0);
        assert_int_equal(cma_bitmap_parse("4294967295 1 0x10\n", 65, &words), 0);
        assert_true(words[0] == (UINT64_C(1) << 32 | 0xffffffff) && words[1] == 16);
        free(words);
        for (size_t i = 0; i < ELEMENTSOF(none); i++)
                assert_int_equal(cma_bitmap_parse(none[i], 33, &words), -EBADMSG);
        assert_int_equal(cma_bitmap_parse("1 2", UINT64_MAX, &words), -EBADMSG);
}

static struct cma_area two_ranges(uint8_t order)
{
        return (struct cma_area){ .ranges = { { 100, 110 }, { 200, 264 } },
                                  .n_ranges = 2,
                                  .order_per_bit = order };
}

static void test_pieces(void **state)
{
        uint64_t first[] = { 0x201 }, second[] = { UINT64_C(1) << 63 | 2, 0 };
        uint64_t *words[MODULE_CMA_RANGES_MAX] = { first, second };
        struct cma_area area = two_ranges(0);
        struct cma_bitmap bitmap;

        (void) state;

        assert_int_equal(cma_bitmap_make(&area, words, CMA_SOURCE_DEBUGFS, 1000, &bitmap), 0);
        assert_int_equal(bitmap.piece_pages, 1);
        assert_int_equal(bitmap.n_bytes, 2 + 8);
        assert_memory_equal(bitmap.bytes, ((uint8_t[]){ 1, 2, 2, 0, 0, 0, 0, 0, 0, 0x80 }), 10);
        cma_bitmap_clear(&bitmap);
        /* 1 to 8 of the first; 0, and 2 to 62 of the second */
        assert_int_equal(cma_bitmap_free_runs(&area, words), 3);
}

/* A joined piece is allocated if a part of it is; its last one may be shorter. */
static void test_joined(void **state)
{
        uint64_t first[] = { 0x201 }, second[] = { UINT64_C(1) << 63 | 2, 0 };
        uint64_t *words[MODULE_CMA_RANGES_MAX] = { first, second };
        struct cma_area area = two_ranges(0);
        struct packet packet = { 0 };
        struct packet_reader reader;
        struct cma_bitmap bitmap, copy;

        (void) state;

        assert_int_equal(cma_bitmap_make(&area, words, CMA_SOURCE_DEBUGFS, 4, &bitmap), 0);
        assert_int_equal(bitmap.piece_pages, 4);
        assert_int_equal(bitmap.n_bytes, 3);
        assert_memory_equal(bitmap.bytes, ((uint8_t[]){ 5, 1, 0x80 }), 3);

        cma_bitmap_put(&packet, &bitmap);
        reader = (struct packet_reader){ .data = packet.data, .size = packet.size };
        cma_bitmap_get(&reader, &copy);
        assert_int_equal(reader.error, 0);
        assert_int_equal(copy.n_bytes, 3);
        assert_memory_equal(copy.bytes, bitmap.bytes, 3);
        assert_int_equal(copy.ranges[1].start, 200);
        cma_bitmap_clear(&copy);
        cma_bitmap_clear(&bitmap);
        reader = (struct packet_reader){ .data = packet.data, .size = packet.size - 1 };
        cma_bitmap_get(&reader, &copy);
        assert_int_equal(reader.error, -EBADMSG);
        cma_bitmap_clear(&copy);
        packet_clear(&packet);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),
                cmocka_unit_test(test_pieces),
                cmocka_unit_test(test_joined),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
