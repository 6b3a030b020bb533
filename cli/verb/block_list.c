/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * block list and block show: the columns of Manager.ListBlocks turned into lines. A machine may have 100,000
 * blocks, so one json-c object is filled again and again instead of making one a block.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/daemon/columns_blocks.h"
#include "cli/show/output.h"
#include "cli/show/stream.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* One block as JSON, filled again for each. */
struct row {
        json_object *object, *number, *start, *end, *node;
        /* what the tables of a block point to just now, so that only changes are made */
        size_t state, zones;
        uint32_t dimm;
        uint16_t driver;
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
        json_object_object_add(row->object, "nodes", NULL);
        json_object_object_add(row->object, "zones", NULL);
        json_object_object_add(row->object, "removable", NULL);
        json_object_object_add(row->object, "dimm", NULL);
        json_object_object_add(row->object, "driver", NULL);
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
        uint16_t driver = ((const uint16_t *) blocks->driver.data)[i];
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
        if (!row->filled || row->driver != driver) {
                if (driver == WIRE_NO_DRIVER)
                        json_object_object_add(row->object, "driver", NULL);
                else
                        point(row, "driver", blocks->drivers, driver);
        }
        if (!row->filled || row->node_id != node)
                json_object_object_add(row->object, "node", node < 0 ? NULL : json_object_new_int(node));
        if (!row->filled || row->node_id != node || blocks->shared_block.n > 0)
                json_object_object_add(row->object, "nodes", wire_blocks_nodes(blocks, i));
        if (!row->filled || row->removable != removable)
                json_object_object_add(row->object, "removable", json_object_new_boolean(removable));

        row->state = state;
        row->zones = zones;
        row->dimm = dimm;
        row->driver = driver;
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

static const struct column columns[] = {
        { "block", "BLOCK", COLUMN_COUNT, false }, { "start", "START", COLUMN_TEXT, false },
        { "end", "END", COLUMN_TEXT, false },      { "size", "SIZE", COLUMN_SIZE, false },
        { "state", "STATE", COLUMN_TEXT, false },  { "nodes", "NODE", COLUMN_LIST, false },
        { "zones", "ZONES", COLUMN_LIST, false },  { "removable", "REMOVABLE", COLUMN_TEXT, false },
        { "dimm", "DIMM", COLUMN_TEXT, false },    { "node", "FIRST-NODE", COLUMN_COUNT, true },
        { "driver", "DRIVER", COLUMN_TEXT, true },
};

const struct columns block_columns = COLUMNS(columns);

static int print_json(const struct context *context, const struct wire_blocks *blocks, json_object *wanted)
{
        _cleanup_json_ json_object *head = json_object_new_object();
        const uint32_t *number = blocks->number.data;
        struct stream stream;
        json_object *chosen;
        struct row row;

        if (!head || row_new(&row, blocks->block_size) < 0)
                return EXIT_FAILED;
        json_object_object_add(head, "block_size", json_object_new_uint64(blocks->block_size));
        stream_begin(&stream, context, head, "blocks");
        for (size_t i = 0; i < blocks->number.n; i++) {
                if (!is_wanted(wanted, number[i]))
                        continue;
                row_fill(&row, blocks, i);
                chosen = output_choose(context, row.object, &block_columns);
                stream_row(&stream, chosen);
                json_object_put(chosen);
        }
        json_object_put(row.object);
        return stream_end(&stream);
}

/* Whether a block follows the one before it, and differs from it in nothing that is shown. */
static bool goes_on(const struct wire_blocks *blocks, size_t i)
{
        const struct wire_column *const columns_of[] = { &blocks->state, &blocks->removable };
        const uint32_t *number = blocks->number.data, *dimm = blocks->dimm.data;
        const uint16_t *zones = blocks->zones.data, *driver = blocks->driver.data;
        const int32_t *node = blocks->node.data;
        const uint32_t *shared = blocks->shared_block.data;

        if (number[i] != number[i - 1] + UINT64_C(1) || dimm[i] != dimm[i - 1] || zones[i] != zones[i - 1] ||
            driver[i] != driver[i - 1] || node[i] != node[i - 1])
                return false;
        for (size_t j = 0; j < ELEMENTSOF(columns_of); j++)
                if (((const uint8_t *) columns_of[j]->data)[i] !=
                    ((const uint8_t *) columns_of[j]->data)[i - 1])
                        return false;
        for (size_t j = 0; j < blocks->shared_block.n; j++)
                if (shared[j] == number[i] || shared[j] == number[i - 1])
                        return false;
        return true;
}

/* Makes a row of blocks first to last out of the first one's. */
static void stretch(struct row *row, const struct wire_blocks *blocks, size_t first, size_t last)
{
        const uint32_t *number = blocks->number.data;
        char text[32];

        (void) snprintf(text, sizeof(text), "%" PRIu32 "-%" PRIu32, number[first], number[last]);
        json_object_object_add(row->object, "block", json_object_new_string(text));
        set_address(row->end, (number[last] + UINT64_C(1)) * blocks->block_size - 1);
        json_object_object_add(row->object, "size",
                               json_object_new_uint64((last - first + 1) * blocks->block_size));
}

/* Of a list of all that people read, blocks in a row that are alike are one line. */
static int print_text(const struct context *context, const struct wire_blocks *blocks, json_object *wanted)
{
        _cleanup_json_ json_object *rows = json_object_new_array();
        struct column shown[ELEMENTSOF(columns)];
        const uint32_t *number = blocks->number.data;
        bool joined = !wanted && output_is_for_people(context);

        if (!rows)
                return EXIT_FAILED;
        for (size_t i = 0; i < blocks->number.n; i++) {
                size_t first = i;
                struct row row;

                if (!is_wanted(wanted, number[i]))
                        continue;
                if (row_new(&row, blocks->block_size) < 0)
                        return EXIT_FAILED;
                row_fill(&row, blocks, i);
                while (joined && i + 1 < blocks->number.n && goes_on(blocks, i + 1))
                        i++;
                if (i > first)
                        stretch(&row, blocks, first, i);
                json_object_array_add(rows, row.object);
        }
        /* few machines have such blocks */
        memcpy(shown, columns, sizeof(columns));
        shown[ELEMENTSOF(columns) - 1].extra = json_object_array_length(blocks->drivers) == 0;
        return output_table(context, rows, &COLUMNS(shown));
}

static int list_blocks(struct context *context, json_object *wanted)
{
        _cleanup_(wire_blocks_clear) struct wire_blocks blocks = { 0 };
        int status;

        status = wire_blocks_get(context, &blocks);
        if (status == EXIT_DONE)
                status = wire_blocks_need(blocks.block_size);
        if (status != EXIT_DONE)
                return status;
        status = context->output == OUTPUT_TEXT ? print_text(context, &blocks, wanted)
                                                : print_json(context, &blocks, wanted);
        /* After the data, and with an exit status that a script notices. */
        return wire_blocks_problems(&blocks, status);
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
