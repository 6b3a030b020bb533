/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * block list and block show: the columns of Manager.ListBlocks turned into lines. A machine may have 100,000
 * blocks, so one json-c object is filled again and again instead of making one a block.
 */
#include "cli/client.h"
#include "cli/output.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A column as it lies in the message; the message must outlive it. */
struct wire_column {
        const void *data;
        size_t n;
};

struct wire_blocks {
        uint64_t block_size;
        struct wire_column number, state, node, zones, removable, dimm;
        json_object *states, *zone_lists, *dimms, *problems;
};

static void wire_blocks_clear(struct wire_blocks *blocks)
{
        json_object_put(blocks->states);
        json_object_put(blocks->zone_lists);
        json_object_put(blocks->dimms);
        json_object_put(blocks->problems);
}

static int read_column(sd_bus_message *m, char type, size_t size, struct wire_column *ret)
{
        size_t bytes;
        int r;

        r = sd_bus_message_read_array(m, type, &ret->data, &bytes);
        ret->n = bytes / size;
        return r;
}

/* "Normal Movable" -> ["Normal", "Movable"], for each list of the table. */
static int split_zone_lists(json_object *texts, json_object **ret)
{
        json_object *lists = json_object_new_array();

        for (size_t i = 0; lists && i < json_object_array_length(texts); i++) {
                _cleanup_free_ char *copy =
                        strdup(json_object_get_string(json_object_array_get_idx(texts, i)));
                json_object *zones = json_object_new_array();
                char *rest = copy, *zone;

                if (!copy || !zones)
                        return -ENOMEM;
                while ((zone = strsep(&rest, " ")))
                        if (*zone)
                                json_object_array_add(zones, json_object_new_string(zone));
                json_object_array_add(lists, zones);
        }
        *ret = lists;
        return lists ? 0 : -ENOMEM;
}

static int read_columns(sd_bus_message *m, struct wire_blocks *blocks)
{
        _cleanup_json_ json_object *zone_texts = NULL;
        int r;

        r = sd_bus_message_read(m, "t", &blocks->block_size);
        if (r >= 0)
                r = read_column(m, 'u', sizeof(uint32_t), &blocks->number);
        if (r >= 0)
                r = value_read(m, &blocks->states);
        if (r >= 0)
                r = read_column(m, 'y', sizeof(uint8_t), &blocks->state);
        if (r >= 0)
                r = read_column(m, 'i', sizeof(int32_t), &blocks->node);
        if (r >= 0)
                r = value_read(m, &zone_texts);
        if (r >= 0)
                r = read_column(m, 'q', sizeof(uint16_t), &blocks->zones);
        if (r >= 0)
                r = read_column(m, 'y', sizeof(uint8_t), &blocks->removable);
        if (r >= 0)
                r = value_read(m, &blocks->dimms);
        if (r >= 0)
                r = read_column(m, 'u', sizeof(uint32_t), &blocks->dimm);
        if (r >= 0)
                r = value_read(m, &blocks->problems);
        if (r >= 0)
                r = split_zone_lists(zone_texts, &blocks->zone_lists);
        return r;
}

/* What came over the wire is used as indices: all columns as long, all indices inside their tables. */
static bool columns_are_sound(const struct wire_blocks *blocks)
{
        const uint8_t *state = blocks->state.data;
        const uint16_t *zones = blocks->zones.data;
        const uint32_t *dimm = blocks->dimm.data;
        size_t n = blocks->number.n;

        if (blocks->state.n != n || blocks->node.n != n || blocks->zones.n != n ||
            blocks->removable.n != n || blocks->dimm.n != n)
                return false;
        for (size_t i = 0; i < n; i++)
                if (state[i] >= json_object_array_length(blocks->states) ||
                    zones[i] >= json_object_array_length(blocks->zone_lists) ||
                    (dimm[i] != MEMCTL_NONE && dimm[i] >= json_object_array_length(blocks->dimms)))
                        return false;
        return true;
}

/* One block as JSON, filled again for each. */
struct row {
        json_object *object, *number, *start, *end, *node;
        /* what the tables of a block point to just now, so that only changes are made */
        size_t state, zones;
        uint32_t dimm;
        int32_t node_id;
        bool removable;
        bool filled;
};

static int row_new(struct row *row, uint64_t block_size)
{
        *row = (struct row){
                .object = json_object_new_object(),
                .number = json_object_new_int64(0),
                .start = json_object_new_string(""),
                .end = json_object_new_string(""),
        };
        if (!row->object || !row->number || !row->start || !row->end)
                return -ENOMEM;

        /* all keys now, so that they keep this order */
        json_object_object_add(row->object, "block", row->number);
        json_object_object_add(row->object, "start", row->start);
        json_object_object_add(row->object, "end", row->end);
        json_object_object_add(row->object, "size", json_object_new_uint64(block_size));
        json_object_object_add(row->object, "state", NULL);
        json_object_object_add(row->object, "node", NULL);
        json_object_object_add(row->object, "zones", NULL);
        json_object_object_add(row->object, "removable", NULL);
        json_object_object_add(row->object, "dimm", NULL);
        return 0;
}

/* json_object_new_string() and snprintf() take a third of the whole run here. */
static void set_address(json_object *string, uint64_t address)
{
        static const char digits[] = "0123456789abcdef";
        char text[18] = "0x";

        for (int i = 17; i >= 2; i--, address >>= 4)
                text[i] = digits[address & 15];
        json_object_set_string_len(string, text, sizeof(text));
}

static void point(struct row *row, const char *key, json_object *table, size_t index)
{
        json_object_object_add(row->object, key, json_object_get(json_object_array_get_idx(table, index)));
}

static void row_fill(struct row *row, const struct wire_blocks *blocks, size_t i)
{
        uint64_t start = ((const uint32_t *) blocks->number.data)[i] * blocks->block_size;
        size_t state = ((const uint8_t *) blocks->state.data)[i];
        size_t zones = ((const uint16_t *) blocks->zones.data)[i];
        uint32_t dimm = ((const uint32_t *) blocks->dimm.data)[i];
        int32_t node = ((const int32_t *) blocks->node.data)[i];
        bool removable = ((const uint8_t *) blocks->removable.data)[i];

        json_object_set_int64(row->number, ((const uint32_t *) blocks->number.data)[i]);
        set_address(row->start, start);
        set_address(row->end, start + blocks->block_size - 1);
        if (!row->filled || row->state != state)
                point(row, "state", blocks->states, state);
        if (!row->filled || row->zones != zones)
                point(row, "zones", blocks->zone_lists, zones);
        if (!row->filled || row->dimm != dimm) {
                if (dimm == MEMCTL_NONE)
                        json_object_object_add(row->object, "dimm", NULL);
                else
                        point(row, "dimm", blocks->dimms, dimm);
        }
        if (!row->filled || row->node_id != node)
                json_object_object_add(row->object, "node", node < 0 ? NULL : json_object_new_int(node));
        if (!row->filled || row->removable != removable)
                json_object_object_add(row->object, "removable", json_object_new_boolean(removable));

        row->state = state;
        row->zones = zones;
        row->dimm = dimm;
        row->node_id = node;
        row->removable = removable;
        row->filled = true;
}

/* NULL wanted: all blocks. */
static bool is_wanted(json_object *wanted, uint32_t number)
{
        if (!wanted)
                return true;
        for (size_t i = 0; i < json_object_array_length(wanted); i++)
                if (json_object_get_int64(json_object_array_get_idx(wanted, i)) == number)
                        return true;
        return false;
}

static int print_json(const struct context *context, const struct wire_blocks *blocks, json_object *wanted)
{
        bool pretty = context->output == OUTPUT_JSON_PRETTY;
        const uint32_t *number = blocks->number.data;
        bool first = true;
        struct row row;

        if (row_new(&row, blocks->block_size) < 0)
                return EXIT_FAILED;
        (void) setvbuf(stdout, NULL, _IOFBF, 1024 * 1024);
        (void) printf("{\"block_size\":%" PRIu64 ",\"blocks\":[", blocks->block_size);
        for (size_t i = 0; i < blocks->number.n; i++) {
                const char *text;
                size_t length;

                if (!is_wanted(wanted, number[i]))
                        continue;
                row_fill(&row, blocks, i);
                text = json_object_to_json_string_length(
                        row.object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
                if (!first)
                        (void) putchar_unlocked(',');
                if (pretty)
                        (void) putchar_unlocked('\n');
                (void) fwrite_unlocked(text, 1, length, stdout);
                first = false;
        }
        (void) printf("%s]}\n", pretty ? "\n" : "");
        json_object_put(row.object);
        return output_finish();
}

static const struct column columns[] = {
        { "block", "BLOCK", COLUMN_COUNT }, { "start", "START", COLUMN_TEXT },
        { "end", "END", COLUMN_TEXT },      { "size", "SIZE", COLUMN_SIZE },
        { "state", "STATE", COLUMN_TEXT },  { "node", "NODE", COLUMN_COUNT },
        { "zones", "ZONES", COLUMN_LIST },  { "removable", "REMOVABLE", COLUMN_TEXT },
        { "dimm", "DIMM", COLUMN_TEXT },
};

static int print_text(const struct wire_blocks *blocks, json_object *wanted)
{
        _cleanup_json_ json_object *rows = json_object_new_array();
        const uint32_t *number = blocks->number.data;

        if (!rows)
                return EXIT_FAILED;
        for (size_t i = 0; i < blocks->number.n; i++) {
                struct row row;

                if (!is_wanted(wanted, number[i]))
                        continue;
                if (row_new(&row, blocks->block_size) < 0)
                        return EXIT_FAILED;
                row_fill(&row, blocks, i);
                json_object_array_add(rows, row.object);
        }
        return output_table(rows, columns, ELEMENTSOF(columns));
}

static int print_blocks(const struct context *context, sd_bus_message *reply, json_object *wanted)
{
        _cleanup_(wire_blocks_clear) struct wire_blocks blocks = { 0 };
        int status;

        if (read_columns(reply, &blocks) < 0 || !columns_are_sound(&blocks)) {
                say("memctld's answer is not what was expected; are memctl and memctld of one version?");
                return EXIT_FAILED;
        }

        status = context->output == OUTPUT_TEXT ? print_text(&blocks, wanted)
                                                : print_json(context, &blocks, wanted);
        /* After the data, and with an exit status that a script notices. */
        for (size_t i = 0; i < json_object_array_length(blocks.problems); i++) {
                say("%s", json_object_get_string(json_object_array_get_idx(blocks.problems, i)));
                status = EXIT_FAILED;
        }
        return status;
}

static int list_blocks(struct context *context, json_object *wanted)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ListBlocks", &call);
        if (status == EXIT_DONE)
                status = client_call(context, call, &reply);
        if (status == EXIT_DONE)
                status = print_blocks(context, reply, wanted);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

int verb_block_list(struct context *context)
{
        return list_blocks(context, NULL);
}

/* The daemon knows the grammar of ranges, and which blocks there are. */
int verb_block_show(struct context *context)
{
        _cleanup_json_ json_object *numbers = NULL;
        sd_bus_message *call = NULL, *reply = NULL;
        int status, r = 0;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ResolveBlocks", &call);
        if (status == EXIT_DONE)
                r = sd_bus_message_append_strv(call, context->args);
        if (status == EXIT_DONE && r >= 0)
                status = client_call(context, call, &reply);
        if (status == EXIT_DONE && r >= 0)
                r = value_read(reply, &numbers);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        if (r < 0)
                return client_failed(context, NULL, r);
        return status == EXIT_DONE ? list_blocks(context, numbers) : status;
}
