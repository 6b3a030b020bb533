/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_map.h"
#include "cli/show/cma_picture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* 10 pieces of 4 KiB at 0x10000, the last half of one; 8 at 0x100000. */
#define AREA                                                                                                \
        "{\"name\":\"</title><x a='\",\"map_piece_bytes\":4096,\"ranges\":[[65536,38912],[1048576,32768]]," \
        "\"map\":[15,2,255],\"holders\":[{\"start\":65536,\"size\":8192,\"before\":true},{\"start\":"       \
        "1048576,"                                                                                          \
        "\"size\":32768,\"before\":true}]}"

static json_object *parse(const char *text)
{
        json_object *area = json_tokener_parse(text);

        assert_non_null(area);
        return area;
}

static void test_map(void **state)
{
        _cleanup_json_ json_object *area = parse(AREA), *json = NULL;
        struct cma_map map;

        (void) state;

        assert_int_equal(cma_map_read(area, &map), 0);
        json = cma_map_to_json(&map);
        assert_string_equal(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN),
                            "{\"piece\":4096,\"used\":[{\"start\":\"0x0000000000010000\",\"size\":16384},"
                            "{\"start\":\"0x0000000000019000\",\"size\":2048},"
                            "{\"start\":\"0x0000000000100000\",\"size\":32768}]}");
        cma_map_clear(&map);
}

static void test_bad_maps(void **state)
{
        static const struct {
                const char *text;
                int r;
        } cases[] = {
                { "{}", -ENODATA },
                { "{\"map\":[1],\"ranges\":[[0,4096]]}", -EBADMSG },
                { "{\"map\":[1],\"map_piece_bytes\":4096}", -EBADMSG },
                { "{\"map\":[\"x\"],\"map_piece_bytes\":4096,\"ranges\":[[0,4096]]}", -EBADMSG },
                { "{\"map\":[1,2],\"map_piece_bytes\":4096,\"ranges\":[[0,4096]]}", -EBADMSG },
                { "{\"map\":[],\"map_piece_bytes\":4096,\"ranges\":[[0,4096]]}", -EBADMSG },
                { "{\"map\":[],\"map_piece_bytes\":4096,\"ranges\":[]}", -EBADMSG },
                { "{\"map\":[1],\"map_piece_bytes\":4096,\"ranges\":[[0]]}", -EBADMSG },
                { "{\"map\":[1],\"map_piece_bytes\":4096,\"ranges\":[5]}", -EBADMSG },
                { "{\"map\":[1],\"map_piece_bytes\":4096,\"ranges\":[[0,0]]}", -EBADMSG },
                { "{\"map\":[1,1],\"map_piece_bytes\":4096,\"ranges\":[[8192,4096],[0,4096]]}", -EBADMSG },
                { "{\"map\":[1],\"map_piece_bytes\":1,\"ranges\":[[18446744073709551615,2]]}", -EBADMSG },
                { "{\"map\":[1],\"map_piece_bytes\":4096,"
                  "\"ranges\":[[0,1],[1,1],[2,1],[3,1],[4,1],[5,1],[6,1],[7,1],[8,1]]}",
                  -EBADMSG },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_json_ json_object *area = parse(cases[i].text);
                struct cma_map map;

                assert_int_equal(cma_map_read(area, &map), cases[i].r);
        }
}

static void test_cells(void **state)
{
        _cleanup_json_ json_object *area = parse(AREA);
        struct cma_picture picture;
        struct cma_map map;

        (void) state;

        assert_int_equal(cma_map_read(area, &map), 0);
        assert_int_equal(cma_picture_make(&map, value_array(area, "holders"), 4, 8, &picture), 0);
        assert_int_equal(picture.bytes_per_cell, 4096);
        assert_int_equal(picture.n_rows, 3 + 2);
        assert_int_equal(picture.cells[0].kind, CMA_CELL_BEFORE);
        assert_int_equal(picture.cells[2].kind, CMA_CELL_USED);
        assert_int_equal(picture.cells[4].kind, CMA_CELL_FREE);
        assert_int_equal(picture.cells[9].kind, CMA_CELL_USED);
        assert_int_equal(picture.cells[9].size, 2048);
        assert_int_equal(picture.cells[10].kind, CMA_CELL_NONE);
        assert_int_equal(picture.cells[12].start, 1048576);
        assert_int_equal(picture.cells[19].kind, CMA_CELL_BEFORE);
        cma_picture_clear(&picture);

        /* a row a range at least */
        assert_int_equal(cma_picture_make(&map, NULL, 2, 1, &picture), 0);
        assert_int_equal(picture.n_rows, 2);
        assert_int_equal(picture.bytes_per_cell, 32768);
        assert_int_equal(picture.cells[0].kind, CMA_CELL_SOME);
        assert_int_equal(picture.cells[1].size, 6144);
        assert_int_equal(picture.cells[1].kind, CMA_CELL_SOME);
        assert_int_equal(picture.cells[2].kind, CMA_CELL_USED);
        cma_picture_clear(&picture);
        cma_map_clear(&map);
}

/* An area's name is whoever's who wrote the device tree. */
static void test_svg(void **state)
{
        _cleanup_json_ json_object *area = parse(AREA);
        _cleanup_free_ char *svg = NULL;
        struct cma_map map;
        size_t size;
        FILE *file;

        (void) state;

        assert_int_equal(cma_map_read(area, &map), 0);
        file = open_memstream(&svg, &size);
        assert_int_equal(cma_map_svg(file, value_text(area, "name"), &map, value_array(area, "holders")), 0);
        assert_int_equal(fclose(file), 0);
        assert_null(strstr(svg, "</title><x"));
        assert_non_null(strstr(svg, "CMA area &lt;/title&gt;&lt;x a=&#39;"));
        assert_non_null(strstr(svg, "<rect class=\"before\""));
        assert_non_null(strstr(svg, "0x0000000000019000-0x00000000000197ff\nallocated: 2048 of 2048 bytes"));
        assert_non_null(strstr(svg, "</svg>\n"));
        cma_map_clear(&map);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_map),
                cmocka_unit_test(test_bad_maps),
                cmocka_unit_test(test_cells),
                cmocka_unit_test(test_svg),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
