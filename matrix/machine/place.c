/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/place.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"

#include <inttypes.h>
#include <linux/mempolicy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY "/sys/devices/system/memory"
#define NODES  "/sys/devices/system/node"

uint64_t place_block_size(void)
{
        return attribute_number(MEMORY "/block_size_bytes", 16);
}

bool place_block_may_go(uint64_t block)
{
        char path[128], text[64];

        (void) snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/state", block);
        if (attribute_read(path, text, sizeof(text)) < 0 || strcmp(text, "online") != 0)
                return false;
        (void) snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/valid_zones", block);
        if (attribute_read(path, text, sizeof(text)) < 0 || strncmp(text, "Movable", 7) != 0)
                return false;
        (void) snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/removable", block);
        return attribute_number(path, 10) == 1;
}

bool place_any_block(uint64_t *ret)
{
        _cleanup_closedir_ DIR *directory = opendir(MEMORY);
        const struct dirent *entry;

        while (directory && (entry = readdir(directory))) {
                if (strncmp(entry->d_name, "memory", 6) != 0)
                        continue;
                *ret = strtoull(entry->d_name + 6, NULL, 10);
                if (place_block_may_go(*ret))
                        return true;
        }
        return false;
}

struct zone {
        uint64_t start, pages;
        int node;
};

/* Zones of one node do not overlap; those of two may, where the first is as good as the other. */
static size_t read_zones(struct zone zones[static ZONES_MAX])
{
        _cleanup_fclose_ FILE *f = fopen("/proc/zoneinfo", "re");
        char line[128];
        uint64_t pages = 0, number;
        size_t n = 0;
        int node = 0;

        while (f && n < ZONES_MAX && fgets(line, sizeof(line), f)) {
                if (sscanf(line, "Node %d", &node) == 1)
                        continue;
                if (sscanf(line, " spanned %" SCNu64, &number) == 1)
                        pages = number;
                else if (sscanf(line, " start_pfn: %" SCNu64, &number) == 1)
                        zones[n++] = (struct zone){ number, pages, node };
        }
        return n;
}

static struct zone zones[ZONES_MAX];

int place_zone(uint64_t pfn)
{
        static size_t n;

        if (n == 0)
                n = read_zones(zones);
        for (size_t i = 0; i < n; i++)
                if (pfn >= zones[i].start && pfn - zones[i].start < zones[i].pages)
                        return (int) i + 1;
        return 0;
}

static int node_of_block(uint64_t block)
{
        char path[128];

        for (int node = 0; node < NODE_BITS; node++) {
                (void) snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/node%d", block, node);
                if (attribute_exists(path))
                        return node;
        }
        return 0;
}

uint64_t place_free(int node)
{
        char path[64], line[128];
        uint64_t kib = 0;

        (void) snprintf(path, sizeof(path), NODES "/node%d/meminfo", node);
        _cleanup_fclose_ FILE *f = fopen(path, "re");
        while (f && fgets(line, sizeof(line), f)) {
                const char *found = strstr(line, "MemFree:");

                if (found)
                        kib = strtoull(found + 8, NULL, 10);
        }
        return kib * 1024;
}

int place_home(void)
{
        static int home = -1;
        uint64_t block;

        if (home < 0)
                home = place_any_block(&block) ? node_of_block(block) : 0;
        return home;
}

int place_node(uint64_t pfn)
{
        int zone = place_zone(pfn);

        return zone > 0 ? zones[zone - 1].node : place_home();
}

int place_other(int than)
{
        for (int node = 0; node < NODE_BITS; node++)
                if (node != than && place_free(node) > UINT64_C(32) << 20)
                        return node;
        return -1;
}

void place_mask(int node, unsigned long ret[NODE_BITS / 8 / sizeof(unsigned long)])
{
        size_t bits = 8 * sizeof(*ret);

        memset(ret, 0, NODE_BITS / 8);
        ret[(size_t) node / bits] = 1UL << ((size_t) node % bits);
}

void place_stay(int node)
{
        unsigned long mask[NODE_BITS / 8 / sizeof(unsigned long)];

        place_mask(node, mask);
        /* without NUMA there is nowhere else */
        (void) syscall(SYS_set_mempolicy, MPOL_PREFERRED, mask, NODE_BITS);
}
