/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma_picture.h"

#include "cli/show/output.h"

#include <errno.h>
#include <string.h>

void cma_map_clear(struct cma_map *map)
{
        free(map->bits);
        *map = (struct cma_map){ 0 };
}

static uint64_t pieces_of(const struct cma_map *map, size_t range)
{
        return map->ranges[range].size / map->piece + (map->ranges[range].size % map->piece != 0);
}

static bool is_set(const struct cma_map *map, size_t range, uint64_t piece)
{
        return map->bits[map->ranges[range].offset + piece / 8] >> piece % 8 & 1;
}

/* [start, size] of each range. The bytes that their bits take; 0: they make no sense. */
static size_t read_ranges(json_object *ranges, struct cma_map *map)
{
        size_t bytes = 0, n = json_object_array_length(ranges);
        uint64_t from = 0;

        if (n == 0 || n > CMA_MAP_RANGES_MAX)
                return 0;
        for (size_t i = 0; i < n; i++) {
                json_object *range = json_object_array_get_idx(ranges, i);
                uint64_t start, size;

                if (!json_object_is_type(range, json_type_array) || json_object_array_length(range) != 2)
                        return 0;
                start = json_object_get_uint64(json_object_array_get_idx(range, 0));
                size = json_object_get_uint64(json_object_array_get_idx(range, 1));
                if (start < from || size == 0 || size > UINT64_MAX - start ||
                    size / map->piece / 8 > SIZE_MAX / 16)
                        return 0;
                map->ranges[i].start = start;
                map->ranges[i].size = size;
                map->ranges[i].offset = bytes;
                map->n_ranges = i + 1;
                bytes += (size_t) (pieces_of(map, i) / 8 + (pieces_of(map, i) % 8 != 0));
                from = start + size;
        }
        return bytes;
}

int cma_map_read(json_object *area, struct cma_map *ret)
{
        json_object *bits = value_array(area, "map"), *ranges = value_array(area, "ranges");
        struct cma_map map = { .piece = value_number(area, "map_piece_bytes") };
        size_t bytes;

        if (!bits)
                return -ENODATA;
        if (map.piece == 0 || !ranges || !value_is_list_of(bits, json_type_int))
                return -EBADMSG;
        bytes = read_ranges(ranges, &map);
        if (bytes == 0 || bytes != json_object_array_length(bits))
                return -EBADMSG;
        map.bits = malloc(bytes);
        if (!map.bits)
                return -ENOMEM;
        for (size_t i = 0; i < bytes; i++)
                map.bits[i] = (uint8_t) json_object_get_int(json_object_array_get_idx(bits, i));
        *ret = map;
        return 0;
}

/* Bytes of a piece that are in the area: the last one of a range may be cut. */
static uint64_t piece_size(const struct cma_map *map, size_t range, uint64_t piece)
{
        uint64_t left = map->ranges[range].size - piece * map->piece;

        return left < map->piece ? left : map->piece;
}

json_object *cma_map_to_json(const struct cma_map *map)
{
        json_object *object = json_object_new_object(), *used = json_object_new_array();

        json_object_object_add(object, "piece", json_object_new_uint64(map->piece));
        json_object_object_add(object, "used", used);
        for (size_t i = 0; i < map->n_ranges; i++) {
                uint64_t n = pieces_of(map, i), size = 0;

                for (uint64_t piece = 0; piece < n; piece++) {
                        if (is_set(map, i, piece))
                                size += piece_size(map, i, piece);
                        if (size > 0 && (piece + 1 == n || !is_set(map, i, piece + 1))) {
                                json_object *run = json_object_new_object();
                                uint64_t end = map->ranges[i].start + piece * map->piece +
                                               piece_size(map, i, piece);

                                json_object_object_add(run, "start", output_address(end - size));
                                json_object_object_add(run, "size", json_object_new_uint64(size));
                                json_object_array_add(used, run);
                                size = 0;
                        }
                }
        }
        return object;
}

const char *cma_cell_kind_text(enum cma_cell_kind kind)
{
        static const char *const texts[CMA_CELL_KINDS] = {
                [CMA_CELL_NONE] = "not of the area",
                [CMA_CELL_FREE] = "not allocated",
                [CMA_CELL_SOME] = "partly allocated",
                [CMA_CELL_BEFORE] = "allocated before memctl.ko was loaded",
                [CMA_CELL_USED] = "allocated",
        };

        return texts[kind];
}

static size_t rows_of(const struct cma_map *map, size_t range, uint64_t bytes_per_row)
{
        return (size_t) (map->ranges[range].size / bytes_per_row +
                         (map->ranges[range].size % bytes_per_row != 0));
}

static size_t count_rows(const struct cma_map *map, uint64_t bytes_per_row)
{
        size_t rows = 0;

        for (size_t i = 0; i < map->n_ranges; i++)
                rows += rows_of(map, i, bytes_per_row);
        return rows;
}

/* The part of [start, start + size) that is in the cell. */
static uint64_t overlap(const struct cma_cell *cell, uint64_t start, uint64_t size)
{
        uint64_t from = start > cell->start ? start : cell->start;
        uint64_t end = start + size < cell->start + cell->size ? start + size : cell->start + cell->size;

        return end > from ? end - from : 0;
}

static void fill_range(struct cma_picture *picture, const struct cma_map *map, size_t range,
                       struct cma_cell *cells)
{
        uint64_t n = pieces_of(map, range), start = map->ranges[range].start;
        uint64_t end = start + map->ranges[range].size;

        for (size_t i = 0; i * picture->bytes_per_cell < map->ranges[range].size; i++) {
                cells[i].start = start + i * picture->bytes_per_cell;
                cells[i].size = end - cells[i].start < picture->bytes_per_cell ? end - cells[i].start
                                                                               : picture->bytes_per_cell;
        }
        for (uint64_t piece = 0; piece < n; piece++)
                if (is_set(map, range, piece))
                        cells[piece * map->piece / picture->bytes_per_cell].used +=
                                piece_size(map, range, piece);
}

static void add_before(struct cma_picture *picture, json_object *holders)
{
        size_t n = holders ? json_object_array_length(holders) : 0,
               n_cells = picture->n_rows * picture->n_columns;

        /* both ascend */
        for (size_t i = 0, at = 0; i < n; i++) {
                json_object *holder = json_object_array_get_idx(holders, i);
                uint64_t start = value_number(holder, "start"), size = value_number(holder, "size");

                if (!value_flag(holder, "before") || size > UINT64_MAX - start)
                        continue;
                while (at < n_cells && (picture->cells[at].size == 0 ||
                                        picture->cells[at].start + picture->cells[at].size <= start))
                        at++;
                for (size_t j = at;
                     j < n_cells && (picture->cells[j].size == 0 || picture->cells[j].start < start + size);
                     j++)
                        picture->cells[j].before += overlap(&picture->cells[j], start, size);
        }
}

static enum cma_cell_kind kind_of(const struct cma_cell *cell)
{
        if (cell->size == 0)
                return CMA_CELL_NONE;
        if (cell->used == 0)
                return CMA_CELL_FREE;
        if (cell->used < cell->size)
                return CMA_CELL_SOME;
        return cell->before >= cell->used ? CMA_CELL_BEFORE : CMA_CELL_USED;
}

int cma_picture_make(const struct cma_map *map, json_object *holders, size_t n_columns, size_t rows_max,
                     struct cma_picture *ret)
{
        struct cma_picture picture = { .bytes_per_cell = map->piece, .n_columns = n_columns };
        size_t row = 0;

        while (count_rows(map, picture.bytes_per_cell * n_columns) >
                       (rows_max > map->n_ranges ? rows_max : map->n_ranges) &&
               picture.bytes_per_cell <= UINT64_MAX / 4 / n_columns)
                picture.bytes_per_cell *= 2;
        picture.n_rows = count_rows(map, picture.bytes_per_cell * n_columns);
        picture.cells = calloc(picture.n_rows * n_columns + 1, sizeof(*picture.cells));
        if (!picture.cells)
                return -ENOMEM;
        for (size_t i = 0; i < map->n_ranges; i++) {
                fill_range(&picture, map, i, &picture.cells[row * n_columns]);
                row += rows_of(map, i, picture.bytes_per_cell * n_columns);
        }
        add_before(&picture, holders);
        for (size_t i = 0; i < picture.n_rows * n_columns; i++) {
                picture.cells[i].kind = kind_of(&picture.cells[i]);
                picture.used[picture.cells[i].kind] = true;
        }
        *ret = picture;
        return 0;
}

void cma_picture_clear(struct cma_picture *picture)
{
        free(picture->cells);
        *picture = (struct cma_picture){ 0 };
}
