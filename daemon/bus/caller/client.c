/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/client.h"

#include "daemon/bus/caller/caller.h"
#include "daemon/bus/context/context.h"

static int on_gone(sd_bus_track *track, void *userdata)
{
        struct client *client = userdata;

        (void) track;

        client->gone(client->userdata);
        return 0;
}

int client_begin(struct client *client, struct server *server, sd_bus_message *m, enum caller_has what,
                 client_gone_t gone, void *userdata, sd_bus_error *error)
{
        int r;

        client->is_there = true;
        client->gone = gone;
        client->userdata = userdata;
        r = caller_take(server, m, what, &client->claim, error);
        if (r < 0 || server->private)
                return r;
        r = sd_bus_track_new(server->bus, &client->track, on_gone, client);
        return r < 0 ? r : sd_bus_track_add_sender(client->track, m);
}

bool client_is_sender(const struct client *client, sd_bus_message *m)
{
        const char *sender = sd_bus_message_get_sender(m);

        return client->track ? sender && sd_bus_track_contains(client->track, sender) : client->is_there;
}

void client_let_go(struct client *client)
{
        client->is_there = false;
        client->track = sd_bus_track_unref(client->track);
}

void client_end(struct client *client)
{
        client_let_go(client);
        quota_give(&client->claim);
}
