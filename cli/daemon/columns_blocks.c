/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/columns_blocks.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

void wire_blocks_clear(struct wire_blocks *blocks)
{
        json_object_put(blocks->states);
        json_object_put(blocks->zone_lists);
        json_object_put(blocks->dimms);
        json_object_put(blocks->drivers);
        json_object_put(blocks->problems);
        sd_bus_message_unref(blocks->message);
}

int wire_column_read(sd_bus_message *m, char type, size_t size, struct wire_column *ret)
{
        size_t bytes = 0;
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
                r = wire_column_read(m, 'u', sizeof(uint32_t), &blocks->number);
        if (r >= 0)
                r = value_read(m, &blocks->states);
        if (r >= 0)
                r = wire_column_read(m, 'y', sizeof(uint8_t), &blocks->state);
        if (r >= 0)
                r = wire_column_read(m, 'i', sizeof(int32_t), &blocks->node);
        if (r >= 0)
                r = value_read(m, &zone_texts);
        if (r >= 0)
                r = wire_column_read(m, 'q', sizeof(uint16_t), &blocks->zones);
        if (r >= 0)
                r = wire_column_read(m, 'y', sizeof(uint8_t), &blocks->removable);
        if (r >= 0)
                r = value_read(m, &blocks->dimms);
        if (r >= 0)
                r = wire_column_read(m, 'u', sizeof(uint32_t), &blocks->dimm);
        if (r >= 0)
                r = value_read(m, &blocks->drivers);
        if (r >= 0)
                r = wire_column_read(m, 'q', sizeof(uint16_t), &blocks->driver);
        if (r >= 0)
                r = value_read(m, &blocks->problems);
        if (r >= 0)
                r = wire_column_read(m, 'u', sizeof(uint32_t), &blocks->shared_block);
        if (r >= 0)
                r = wire_column_read(m, 'i', sizeof(int32_t), &blocks->shared_node);
        if (r >= 0)
                r = split_zone_lists(zone_texts, &blocks->zone_lists);
        return r;
}

/* All columns as long, all indices inside their tables, and the numbers in the order they are searched by.
 */
static bool columns_are_sound(const struct wire_blocks *blocks)
{
        const uint8_t *state = blocks->state.data;
        const uint16_t *zones = blocks->zones.data, *driver = blocks->driver.data;
        const uint32_t *dimm = blocks->dimm.data, *number = blocks->number.data;
        size_t n = blocks->number.n;

        if (blocks->state.n != n || blocks->node.n != n || blocks->zones.n != n ||
            blocks->removable.n != n || blocks->dimm.n != n || blocks->driver.n != n ||
            blocks->shared_block.n != blocks->shared_node.n)
                return false;
        for (size_t i = 0; i < n; i++)
                if (state[i] >= json_object_array_length(blocks->states) ||
                    zones[i] >= json_object_array_length(blocks->zone_lists) ||
                    (dimm[i] != MEMCTL_NONE && dimm[i] >= json_object_array_length(blocks->dimms)) ||
                    (driver[i] != WIRE_NO_DRIVER &&
                     driver[i] >= json_object_array_length(blocks->drivers)) ||
                    (i > 0 && number[i] <= number[i - 1]))
                        return false;
        return true;
}

int wire_blocks_read(struct wire_blocks *blocks, sd_bus_message *reply)
{
        int r;

        if (!sd_bus_message_has_signature(reply, "tauasayaiasaqayasauasaqasauai"))
                return -EBADMSG;
        blocks->message = sd_bus_message_ref(reply);
        r = read_columns(reply, blocks);
        if (r < 0)
                return r;
        return columns_are_sound(blocks) ? 0 : -EBADMSG;
}

json_object *wire_blocks_nodes(const struct wire_blocks *blocks, size_t i)
{
        const uint32_t *shared = blocks->shared_block.data,
                       number = ((const uint32_t *) blocks->number.data)[i];
        int32_t node = ((const int32_t *) blocks->node.data)[i];
        json_object *nodes = json_object_new_array();

        if (node >= 0)
                json_object_array_add(nodes, json_object_new_int(node));
        for (size_t j = 0; j < blocks->shared_block.n; j++)
                if (shared[j] == number)
                        json_object_array_add(
                                nodes, json_object_new_int(((const int32_t *) blocks->shared_node.data)[j]));
        return nodes;
}

int wire_blocks_get(struct context *context, struct wire_blocks *blocks)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ListBlocks", &call);
        if (status == EXIT_DONE)
                status = client_call(context, call, &reply);
        if (status == EXIT_DONE && wire_blocks_read(blocks, reply) < 0)
                status = client_bad_answer();
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

int wire_blocks_need(uint64_t block_size)
{
        if (block_size > 0)
                return EXIT_DONE;
        complain("not_supported", "the kernel has no memory blocks: that needs CONFIG_MEMORY_HOTPLUG");
        return EXIT_FAILED;
}

int wire_blocks_problems(const struct wire_blocks *blocks, int status)
{
        for (size_t i = 0; i < json_object_array_length(blocks->problems); i++) {
                say("%s", json_object_get_string(json_object_array_get_idx(blocks->problems, i)));
                status = EXIT_FAILED;
        }
        return status;
}
