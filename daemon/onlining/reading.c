/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/reading.h"

#include "daemon/core/packet.h"
#include "daemon/onlining/auto_online.h"

#include <errno.h>
#include <string.h>

#define STALL_USEC (10 * UINT64_C(1000000))

struct onlining_reading {
        struct machine *machine;
        struct onlining_wish wish;
        struct helper *helper;
        onlining_read_done_t done;
        void *userdata;
};

static void read_files(const struct onlining_reading *reading, struct onlining_read *read)
{
        const struct onlining_wish *wish = &reading->wish;
        int root_fd = reading->machine->tree->root_fd;

        read->config_error =
                wish->n_values > 0
                        ? policy_files_set(root_fd, &online_kind, wish->values, wish->n_values,
                                           &read->config, &read->config_message)
                        : policy_files_read(root_fd, &online_kind, &read->config, &read->config_message);
        if (read->config_error >= 0 && wish->apply)
                (void) auto_online_apply(reading->machine->tree, read->config.auto_online,
                                         &read->setting_message);
}

static int look(const struct onlining_reading *reading, struct onlining_read *read)
{
        const struct seen *seen = reading->wish.seen;

        read->seen.known = seen->known;
        read->seen.mark = seen->mark;
        for (size_t i = 0; i < seen->n_pending; i++)
                if (seen_add(&read->seen, &seen->pending[i]) < 0)
                        return -ENOMEM;
        return seen_look(reading->machine->tree, &read->seen);
}

/* What points elsewhere goes behind the rest. */
static void put(struct packet *answer, const struct onlining_read *read)
{
        packet_put(answer, read, sizeof(*read));
        packet_put_string(answer, read->config_message);
        packet_put_string(answer, read->setting_message);
        packet_put_array(answer, read->seen.pending, read->seen.n_pending, sizeof(*read->seen.pending));
}

static int work(void *userdata, struct packet *answer, char **message)
{
        const struct onlining_reading *reading = userdata;
        const struct tree *tree = reading->machine->tree;
        struct onlining_read *read = calloc(1, sizeof(*read));
        int r = 0;

        (void) message;

        if (!read)
                return -ENOMEM;
        if (reading->wish.files)
                read_files(reading, read);
        auto_online_read(tree, read->auto_online);
        memmap_read(tree, read->memmap);
        memmap_boot_look(tree->root_fd, &read->boot);
        deciders_read(tree, &read->deciders);
        if (reading->wish.seen)
                r = look(reading, read);
        read->looked = reading->wish.seen && r >= 0;
        put(answer, read);
        free(read->config_message);
        free(read->setting_message);
        seen_clear(&read->seen);
        free(read);
        return r == -ENOMEM ? r : 0; /* a machine without blocks has none that came */
}

static void get(struct packet_reader *answer, struct onlining_read *read)
{
        packet_get(answer, read, sizeof(*read));
        read->config_message = packet_get_string(answer);
        read->setting_message = packet_get_string(answer);
        read->seen.pending = packet_get_array(answer, sizeof(*read->seen.pending), &read->seen.n_pending);
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct onlining_reading *reading = userdata;
        _cleanup_free_ struct onlining_read *read = calloc(1, sizeof(*read));
        const char *message = result->message;
        int r = !read ? -ENOMEM : result->error;

        if (!read) {
                reading->done(reading->userdata, r, NULL, &(struct onlining_read){ .config_error = r });
                return;
        }
        if (r >= 0) {
                get(result->answer, read);
                r = result->answer->error;
        }
        if (r == -ETIMEDOUT)
                message = "the configuration and the kernel's settings could not be read within ten seconds";
        if (r < 0) {
                read->config_error = r;
                if (!read->config_message && message)
                        read->config_message = strdup(message);
        }
        reading->done(reading->userdata, r, message, read);
        free(read->config_message);
        free(read->setting_message);
        seen_clear(&read->seen);
}

int onlining_reading_new(struct machine *machine, const struct onlining_wish *wish,
                         onlining_read_done_t done, void *userdata, struct onlining_reading **ret)
{
        static const struct machine_work onlining_work = {
                .name = "memctld-online",
                .work = work,
                .stall_usec = STALL_USEC,
        };
        _cleanup_(onlining_reading_freep) struct onlining_reading *reading = calloc(1, sizeof(*reading));
        int r;

        if (!reading)
                return -ENOMEM;
        reading->machine = machine;
        reading->wish = *wish;
        reading->done = done;
        reading->userdata = userdata;
        r = machine_help(machine, &onlining_work, reading, on_done, reading, &reading->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(reading);
        return 0;
}

struct onlining_reading *onlining_reading_free(struct onlining_reading *reading)
{
        if (!reading)
                return NULL;
        helper_free(reading->helper);
        free(reading);
        return NULL;
}
