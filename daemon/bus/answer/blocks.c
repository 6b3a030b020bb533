/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListBlocks: all blocks in one reply, as columns. A machine may have 100,000: columns of fixed-size
 * numbers are copied whole, where a struct a block would be marshalled field by field.
 */
#include "daemon/bus/answer/blocks.h"

#include "daemon/bus/context/context.h"
#include "daemon/bus/value/strings.h"

#include <errno.h>
#include <string.h>

/* Distinct zone lists in a snapshot: there are a handful, at worst (a hostile tree) a few thousand. */
struct zone_table {
        zone_list_t *lists;
        size_t n_lists;
        size_t last; /* neighbours mostly have the same */
};

static int zone_table_index(struct zone_table *table, zone_list_t zones, uint16_t *ret)
{
        zone_list_t *lists;

        if (table->n_lists > 0 && table->lists[table->last] == zones) {
                *ret = (uint16_t) table->last;
                return 0;
        }
        for (size_t i = 0; i < table->n_lists; i++)
                if (table->lists[i] == zones) {
                        table->last = i;
                        *ret = (uint16_t) i;
                        return 0;
                }

        if (table->n_lists > UINT16_MAX)
                return -E2BIG;
        lists = reallocarray(table->lists, table->n_lists + 1, sizeof(*lists));
        if (!lists)
                return -ENOMEM;
        table->lists = lists;
        table->lists[table->n_lists] = zones;
        table->last = table->n_lists++;
        *ret = (uint16_t) table->last;
        return 0;
}

struct columns {
        uint32_t *number, *dimm;
        int32_t *node;
        uint16_t *zones, *driver;
        uint8_t *state, *removable;
        struct zone_table table;
};

static void columns_clear(struct columns *columns)
{
        free(columns->number);
        free(columns->dimm);
        free(columns->node);
        free(columns->zones);
        free(columns->driver);
        free(columns->state);
        free(columns->removable);
        free(columns->table.lists);
}

static int columns_fill(struct columns *columns, const struct snapshot *snapshot)
{
        size_t n = snapshot->n_blocks ? snapshot->n_blocks : 1;

        columns->number = calloc(n, sizeof(*columns->number));
        columns->dimm = calloc(n, sizeof(*columns->dimm));
        columns->node = calloc(n, sizeof(*columns->node));
        columns->zones = calloc(n, sizeof(*columns->zones));
        columns->driver = calloc(n, sizeof(*columns->driver));
        columns->state = calloc(n, sizeof(*columns->state));
        columns->removable = calloc(n, sizeof(*columns->removable));
        if (!columns->number || !columns->dimm || !columns->node || !columns->zones || !columns->driver ||
            !columns->state || !columns->removable)
                return -ENOMEM;

        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                const struct memory_block *block = &snapshot->blocks[i];
                int r;

                columns->number[i] = block->number;
                columns->dimm[i] = block->dimm;
                columns->node[i] = block->node;
                columns->state[i] = block->state;
                columns->removable[i] = block->removable;
                columns->driver[i] =
                        (uint16_t) (block->driver == DRIVER_NONE ? UINT16_MAX : block->driver - 1);
                r = zone_table_index(&columns->table, block->zones, &columns->zones[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int append_states(sd_bus_message *reply)
{
        int r;

        r = sd_bus_message_open_container(reply, 'a', "s");
        for (int state = 0; r >= 0 && state < _BLOCK_STATE_MAX; state++)
                r = sd_bus_message_append(reply, "s", block_state_name((enum block_state) state));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_zone_lists(sd_bus_message *reply, const struct zone_table *table)
{
        int r;

        r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < table->n_lists; i++) {
                char text[ZONE_LIST_TEXT_MAX];

                zone_list_format(table->lists[i], ' ', text, sizeof(text));
                r = sd_bus_message_append(reply, "s", text);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_dimms(sd_bus_message *reply, const struct snapshot *snapshot)
{
        int r;

        r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < snapshot->n_dimms; i++)
                r = sd_bus_message_append(reply, "s", snapshot->dimms[i].name);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Of the few blocks that lie in several nodes: a block and one more of its nodes, in two columns. */
static int append_more_nodes(sd_bus_message *reply, const struct snapshot *snapshot)
{
        int r;

        r = sd_bus_message_open_container(reply, 'a', "u");
        for (size_t i = 0; r >= 0 && i < snapshot->n_more_nodes; i++)
                r = sd_bus_message_append(reply, "u", snapshot->more_nodes[i].block);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "i");
        for (size_t i = 0; r >= 0 && i < snapshot->n_more_nodes; i++)
                r = sd_bus_message_append(reply, "i", (int) snapshot->more_nodes[i].node);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_drivers(sd_bus_message *reply, const struct snapshot *snapshot)
{
        int r;

        r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < snapshot->n_drivers; i++)
                r = sd_bus_message_append(reply, "s", snapshot->drivers[i].device);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_all(sd_bus_message *reply, const struct snapshot *snapshot, const struct columns *columns)
{
        size_t n = snapshot->n_blocks;
        int r;

        r = sd_bus_message_append(reply, "t", snapshot->hotplug ? snapshot->block_size : 0);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'u', columns->number, n * sizeof(*columns->number));
        if (r >= 0)
                r = append_states(reply);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', columns->state, n * sizeof(*columns->state));
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'i', columns->node, n * sizeof(*columns->node));
        if (r >= 0)
                r = append_zone_lists(reply, &columns->table);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'q', columns->zones, n * sizeof(*columns->zones));
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', columns->removable,
                                                n * sizeof(*columns->removable));
        if (r >= 0)
                r = append_dimms(reply, snapshot);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'u', columns->dimm, n * sizeof(*columns->dimm));
        if (r >= 0)
                r = append_drivers(reply, snapshot);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'q', columns->driver, n * sizeof(*columns->driver));
        if (r >= 0)
                r = bus_append_strings(reply, snapshot->problems, snapshot->n_problems);
        return r < 0 ? r : append_more_nodes(reply, snapshot);
}

int bus_list_blocks(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        struct snapshot *snapshot = server_snapshot(server);
        _cleanup_(columns_clear) struct columns columns = { 0 };
        sd_bus_message *reply = NULL;
        int r;

        (void) error;

        r = columns_fill(&columns, snapshot);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(m, &reply);
        if (r < 0)
                return r;
        r = append_all(reply, snapshot, &columns);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}
