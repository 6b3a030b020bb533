/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/reading.h"

#include "daemon/core/packet.h"
#include "daemon/policy/vm.h"

#include <errno.h>
#include <string.h>

/* A write below /proc/sys/vm wakes the kernel's own compaction of all nodes, and does not wait for it. */
#define STALL_USEC (10 * UINT64_C(1000000))

struct policy_reading {
        struct machine *machine;
        struct policy_wish wish;
        struct helper *helper;
        policy_read_done_t done;
        void *userdata;
};

static void read_files(const struct policy_reading *reading, struct policy_read *read)
{
        const struct policy_wish *wish = &reading->wish;
        int root_fd = reading->machine->tree->root_fd;

        read->config_error =
                wish->n_values > 0
                        ? policy_files_set(root_fd, &compaction_kind, wish->values, wish->n_values,
                                           &read->config, &read->config_message)
                        : policy_files_read(root_fd, &compaction_kind, &read->config, &read->config_message);
}

static int work(void *userdata, struct packet *answer, char **message)
{
        const struct policy_reading *reading = userdata;
        const struct tree *tree = reading->machine->tree;
        struct policy_read *read = calloc(1, sizeof(*read));
        int r;

        if (!read)
                return -ENOMEM;
        if (reading->wish.files)
                read_files(reading, read);
        if (reading->wish.files && reading->wish.apply && read->config_error >= 0)
                (void) vm_settings_apply(tree, read->config.vm, &read->vm_message);
        r = compaction_look_read(tree, reading->wish.last, &read->look, message);
        packet_put(answer, read, sizeof(*read));
        packet_put_string(answer, read->config_message);
        packet_put_string(answer, read->vm_message);
        if (r < 0)
                (void) helper_tell(answer);
        free(read->config_message);
        free(read->vm_message);
        free(read);
        return r;
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct policy_reading *reading = userdata;
        _cleanup_free_ struct policy_read *read = calloc(1, sizeof(*read));
        const char *message = result->message;
        int r = result->error;

        if (!read) {
                reading->done(reading->userdata, -ENOMEM, NULL,
                              &(struct policy_read){ .config_error = -ENOMEM });
                return;
        }
        read->config_error = r < 0 ? r : -EIO; /* where it has not come to an answer */
        if (result->answer) {
                packet_get(result->answer, read, sizeof(*read));
                read->config_message = packet_get_string(result->answer);
                read->vm_message = packet_get_string(result->answer);
                if (result->answer->error < 0)
                        read->config_error = result->answer->error;
                if (r >= 0)
                        r = result->answer->error;
        }
        if (r == -ETIMEDOUT)
                message = "the configuration and the kernel's figures could not be read within ten seconds";
        if (read->config_error < 0 && !read->config_message && message)
                read->config_message = strdup(message);
        reading->done(reading->userdata, r, message, read);
        free(read->config_message);
        free(read->vm_message);
}

int policy_reading_new(struct machine *machine, const struct policy_wish *wish, policy_read_done_t done,
                       void *userdata, struct policy_reading **ret)
{
        static const struct machine_work policy_work = {
                .name = "memctld-policy",
                .work = work,
                .stall_usec = STALL_USEC,
        };
        _cleanup_(policy_reading_freep) struct policy_reading *reading = calloc(1, sizeof(*reading));
        int r;

        if (!reading)
                return -ENOMEM;
        reading->machine = machine;
        reading->wish = *wish;
        reading->done = done;
        reading->userdata = userdata;
        r = machine_help(machine, &policy_work, reading, on_done, reading, &reading->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(reading);
        return 0;
}

struct policy_reading *policy_reading_free(struct policy_reading *reading)
{
        if (!reading)
                return NULL;
        helper_free(reading->helper);
        free(reading);
        return NULL;
}
