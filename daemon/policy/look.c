/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/look.h"

#include "basic/file.h"
#include "daemon/machine/huge_order.h"
#include "daemon/machine/listing.h"
#include "daemon/machine/text.h"
#include "daemon/policy/vm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* Where pid, comm and state stand in /proc/PID/stat, and what was used of CPUs. False: it is another's. */
static bool read_kswapd(const struct tree *tree, int pid, int *ret_node, uint64_t *ret_usec)
{
        _cleanup_free_ char *text = NULL;
        uint64_t user, system;
        char path[64], end;
        int node;

        (void) snprintf(path, sizeof(path), "proc/%d/stat", pid);
        text = file_read(tree->root_fd, path, 4096, NULL);
        if (!text ||
            sscanf(text, "%*d (kswapd%5d%c %*c 2 %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
                   &node, &end, &user, &system) != 4 ||
            end != ')')
                return false;
        *ret_node = node;
        *ret_usec = (user + system) * (USEC_PER_SEC / (uint64_t) sysconf(_SC_CLK_TCK));
        return true;
}

struct finding {
        const struct tree *tree;
        struct compaction_look *look;
        size_t missing;
};

static struct compaction_look_node *find(struct compaction_look *look, int node)
{
        for (size_t i = 0; i < look->n_nodes; i++)
                if (look->nodes[i].node == node)
                        return &look->nodes[i];
        return NULL;
}

const struct compaction_look_node *compaction_look_find(const struct compaction_look *look, int node)
{
        return find((struct compaction_look *) look, node);
}

/* -EALREADY: all are found, and no more is looked at. */
static int try_process(void *userdata, uint32_t pid)
{
        struct finding *finding = userdata;
        struct compaction_look_node *found;
        uint64_t usec;
        int node;

        if (finding->missing == 0)
                return -EALREADY;
        if (pid > INT32_MAX || !read_kswapd(finding->tree, (int) pid, &node, &usec))
                return 0;
        found = find(finding->look, node);
        if (found && found->kswapd_pid == 0) {
                found->kswapd_pid = (int) pid;
                found->kswapd_usec = usec;
                finding->missing--;
        }
        return 0;
}

static void find_kswapds(const struct tree *tree, const struct compaction_look *last,
                         struct compaction_look *look)
{
        struct finding finding = { tree, look, look->n_nodes };

        for (size_t i = 0; last && i < last->n_nodes; i++)
                if (last->nodes[i].kswapd_pid > 0)
                        (void) try_process(&finding, (uint32_t) last->nodes[i].kswapd_pid);
        /* where there is none for a node, as in a tree, there was none the last time either */
        if (finding.missing > 0 && (!last || last->n_nodes != look->n_nodes))
                (void) list_numbered(tree->root_fd, "proc", "", try_process, &finding);
}

static void read_pressure(const struct tree *tree, struct compaction_look *look)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/pressure/memory", 4096, NULL);
        unsigned int whole, hundredths;

        look->pressure_known = text && sscanf(text, "some avg10=%3u.%2u", &whole, &hundredths) == 2 &&
                               whole <= 100 && hundredths < 100;
        look->memory_pressure = look->pressure_known ? whole * 100 + hundredths : 0;
}

static uint64_t memory_of(const struct tree *tree, int node)
{
        _cleanup_free_ char *text = NULL;
        uint64_t bytes = 0;
        char path[64];

        (void) snprintf(path, sizeof(path), "sys/devices/system/node/node%d/meminfo", node);
        text = text_read(tree->root_fd, tree->has_nodes ? path : "proc/meminfo");
        if (text)
                (void) text_kib(text, "MemTotal:", &bytes);
        return tree->page_size > 0 ? bytes / tree->page_size : 0;
}

static void take_nodes(const struct tree *tree, const struct buddy *buddy, struct compaction_look *look)
{
        for (size_t i = 0; i < buddy->n_zones; i++) {
                struct compaction_look_node *node;

                if (find(look, buddy->zones[i].node) || look->n_nodes == ELEMENTSOF(look->nodes))
                        continue;
                node = &look->nodes[look->n_nodes++];
                node->node = buddy->zones[i].node;
                node->memory_pages = memory_of(tree, node->node);
                (void) buddy_add_up(buddy, node->node, node->free);
        }
}

int compaction_look_read(const struct tree *tree, const struct compaction_look *last,
                         struct compaction_look *ret, char **message)
{
        _cleanup_(buddy_clear) struct buddy buddy = { 0 };
        int r = buddy_read(tree, &buddy, message);

        if (r < 0)
                return r;
        *ret = (struct compaction_look){
                .n_orders = buddy.n_orders,
                .huge_order = huge_order_read(tree),
                .trouble = vm_trouble(tree),
        };
        if (ret->huge_order >= buddy.n_orders) /* of gigantic pages by default */
                ret->huge_order = buddy.n_orders - 1;
        for (enum vm_setting setting = 0; setting < _VM_SETTING_MAX; setting++)
                ret->vm[setting] = vm_setting_read(tree, setting);
        take_nodes(tree, &buddy, ret);
        read_pressure(tree, ret);
        find_kswapds(tree, last, ret);
        return 0;
}
