/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/object/hugepages.h"

#include "basic/saturated.h"
#include "daemon/bus/answer/request.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/options.h"
#include "daemon/machine/huge_pool.h"
#include "daemon/machine/text.h"
#include "daemon/plan/hugepages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 400

static int check_node(struct server *server, int node, sd_bus_error *error)
{
        char text[80];

        if (node == -1 || (node >= 0 && snapshot_find_node(server_snapshot(server), node)))
                return 0;
        (void) snprintf(text, sizeof(text), "node %d: the machine has no such node; -1 are all", node);
        return request_fail(error, -ENOENT, text);
}

/* Those that there are, and 0 stands for the one that the kernel uses by default. */
static int choose_size(const struct tree *tree, uint64_t *size, sd_bus_error *error)
{
        uint64_t sizes[HUGE_SIZES_MAX];
        size_t n = huge_pool_sizes(tree, sizes);
        char text[TEXT_MAX], word[HUGEPAGES_SIZE_TEXT_MAX];

        if (n == 0)
                return request_fail(error, -EOPNOTSUPP, "this kernel has no pools of huge pages");
        if (*size == 0)
                *size = huge_pool_default_size(tree);
        if (*size == 0) /* a tree may not tell */
                *size = sizes[0];
        for (size_t i = 0; i < n; i++)
                if (sizes[i] == *size)
                        return 0;
        (void) snprintf(text, sizeof(text),
                        "size %s: accepted on this kernel:", hugepages_size_text(*size, word));
        for (size_t i = 0; i < n; i++) {
                size_t length = strlen(text);

                (void) snprintf(text + length, sizeof(text) - length, "%s %s", i > 0 ? "," : "",
                                hugepages_size_text(sizes[i], word));
        }
        return request_fail(error, -EINVAL, text);
}

/* Bytes; more than any machine has where it is not known. */
static uint64_t total_of(struct server *server, int node)
{
        const struct tree *tree = server->machine->tree;
        _cleanup_free_ char *meminfo = NULL;
        uint64_t bytes;

        if (node >= 0)
                return snapshot_find_node(server_snapshot(server), node)->total_bytes;
        meminfo = text_read(tree->root_fd, "proc/meminfo");
        return meminfo && text_kib(meminfo, "MemTotal:", &bytes) ? bytes : (uint64_t) INT64_MAX;
}

/* More than there is memory for is a slip, not a wish. */
static int check_count(struct server *server, const struct hugepages_wish *wish, sd_bus_error *error)
{
        uint64_t total = total_of(server, wish->node);
        char text[TEXT_MAX], word[HUGEPAGES_SIZE_TEXT_MAX];

        if (wish->count == 0)
                return request_fail(error, -EINVAL, "0 huge pages: accepted is a number above 0");
        if (multiply_saturated(wish->count, wish->size) <= total)
                return 0;
        (void) snprintf(text, sizeof(text),
                        "%" PRIu64 " huge pages of %s: accepted are %" PRIu64
                        " at most, for there is no more "
                        "memory%s",
                        wish->count, hugepages_size_text(wish->size, word), total / wish->size,
                        wish->node >= 0 ? " on that node" : "");
        return request_fail(error, -EINVAL, text);
}

static int do_reserve(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        const struct block_set none = { 0 };
        struct operation_request request = { .verb = JOB_HUGEPAGES, .blocks = &none };
        struct hugepages_wish *wish = &request.hugepages;
        char target[96], word[HUGEPAGES_SIZE_TEXT_MAX], where[32] = "";
        int r;

        r = sd_bus_message_read(m, "tti", &wish->count, &wish->size, &wish->node);
        if (r >= 0)
                r = request_read_options(m, OPTIONS_HUGEPAGES, &request, error);
        if (r >= 0)
                r = check_node(server, wish->node, error);
        if (r >= 0)
                r = choose_size(server->machine->tree, &wish->size, error);
        if (r >= 0)
                r = check_count(server, wish, error);
        if (r < 0)
                return r;
        if (wish->node >= 0)
                (void) snprintf(where, sizeof(where), " on node %d", wish->node);
        (void) snprintf(target, sizeof(target), "%" PRIu64 " huge page%s of %s%s", wish->count,
                        wish->count == 1 ? "" : "s", hugepages_size_text(wish->size, word), where);
        request.target = target;
        return request_start_job(server, m, &request, error);
}

int bus_reserve_hugepages(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_reserve, error);
}
