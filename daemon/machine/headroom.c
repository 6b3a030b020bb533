/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/headroom.h"

#include "daemon/machine/text.h"
#include "basic/attr.h"
#include "basic/file.h"
#include "basic/number.h"
#include "basic/saturated.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* zoneinfo grows with nodes and CPUs; this is for a thousand of them. */
#define ZONEINFO_MAX ((size_t) 16 * 1024 * 1024)

void headroom_clear(struct headroom *room)
{
        free(room->zones);
        free(room->huge);
        free(room->promises);
        *room = (struct headroom){ 0 };
}

static int add_zone(struct headroom *room, const struct headroom_zone *zone)
{
        struct headroom_zone *zones = reallocarray(room->zones, room->n_zones + 1, sizeof(*zones));

        if (!zones)
                return -ENOMEM;
        room->zones = zones;
        room->zones[room->n_zones++] = *zone;
        return 0;
}

static void take_figure(struct headroom_zone *zone, const char *name, uint64_t pages)
{
        if (strcmp(name, "free") == 0)
                zone->free = pages;
        else if (strcmp(name, "high") == 0)
                zone->high = pages;
        else if (strcmp(name, "nr_zone_inactive_file") == 0 || strcmp(name, "nr_zone_active_file") == 0)
                zone->file_cache = add_saturated(zone->file_cache, pages);
        else if (strcmp(name, "nr_zone_write_pending") == 0)
                zone->write_pending = pages;
}

/*
 * "(0, 2902, 7825)": by the highest zone that the pages to be kept out may be in, the lowest first. The last
 * is for pages that may be in any zone; of kernel_index, for those that may be in the kernel's zones.
 */
static void take_protection(struct headroom_zone *zone, const char *list, size_t kernel_index)
{
        const char *at = list;

        for (size_t i = 0; at; at = strchr(at + 1, ','), i++) {
                uint64_t pages;

                if (sscanf(at + 1, " %19" SCNu64, &pages) != 1)
                        break;
                zone->protection = pages;
                if (i <= kernel_index)
                        zone->protection_kernel = pages;
        }
}

/* Which of a node's zones is the kernel's highest, counted as they are listed: the same for all nodes. */
static size_t find_kernel_index(const char *text)
{
        size_t index = 0, found = SIZE_MAX;
        unsigned int node, first = 0;
        char name[64];

        for (const char *line = text; line; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (sscanf(line, "Node %4u, zone %63s", &node, name) == 2) {
                        if (index == 0)
                                first = node;
                        if (node != first)
                                break;
                        if (strcmp(name, "Normal") == 0 || strcmp(name, "HighMem") == 0)
                                found = index;
                        index++;
                }
                if (*line == '\0')
                        break;
        }
        return found;
}

/* "Node 0, zone   Normal" begins a zone; a zone without pages ends after a few lines. */
static int read_zones(struct tree *tree, struct headroom *room)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/zoneinfo", ZONEINFO_MAX, NULL);
        size_t kernel_index = text ? find_kernel_index(text) : 0;
        struct headroom_zone zone = { .node = -1 };
        bool managed = false;
        char *save = NULL;
        int r = 0;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; r >= 0 && line;
             line = strtok_r(NULL, "\n", &save)) {
                char name[64];
                uint64_t pages;
                unsigned int node;
                int at = 0;

                if (sscanf(line, "Node %4u, zone %63s", &node, name) == 2) {
                        if (managed)
                                r = add_zone(room, &zone);
                        zone = (struct headroom_zone){ .node = (int) node,
                                                       .zone = zone_by_name(name, strlen(name)) };
                        managed = false;
                } else if (zone.node < 0)
                        continue;
                else if (sscanf(line, " pages %63[a-z] %19" SCNu64, name, &pages) == 2)
                        take_figure(&zone, name, pages);
                else if (sscanf(line, " protection: %n(", &at) == 0 && at > 0 && line[at] == '(')
                        take_protection(&zone, line + at, kernel_index);
                else if (sscanf(line, " %63[a-z_] %19" SCNu64, name, &pages) == 2) {
                        take_figure(&zone, name, pages);
                        managed = managed || (strcmp(name, "managed") == 0 && pages > 0);
                }
        }
        if (r >= 0 && managed)
                r = add_zone(room, &zone);
        room->known = room->n_zones > 0 && tree->page_size > 0;
        return r;
}

static int read_number(int fd, const char *path, uint64_t *ret)
{
        char text[32];
        ssize_t n = attr_read(fd, path, text, sizeof(text));

        return n < 0 ? (int) n : parse_u64(text, 10, ret);
}

/* "hugepages-2048kB": bytes; 0 for another name. */
static uint64_t pool_size(const char *name)
{
        char unit[4];
        uint64_t kib;

        if (sscanf(name, "hugepages-%15" SCNu64 "%3s", &kib, unit) != 2 || strcmp(unit, "kB") != 0)
                return 0;
        return kib * 1024;
}

static int read_pool(int fd, const char *name, struct headroom_huge *pool)
{
        char path[300];
        int r;

        pool->size = pool_size(name);
        if (pool->size == 0)
                return -EINVAL;
        (void) snprintf(path, sizeof(path), "%s/nr_hugepages", name);
        r = read_number(fd, path, &pool->total);
        (void) snprintf(path, sizeof(path), "%s/free_hugepages", name);
        return r < 0 ? r : read_number(fd, path, &pool->free);
}

static int add_pool(int fd, const char *name, int node, struct headroom *room)
{
        struct headroom_huge pool = { .node = node }, *huge;

        if (read_pool(fd, name, &pool) < 0)
                return 0;
        huge = reallocarray(room->huge, room->n_huge + 1, sizeof(*huge));
        if (!huge)
                return -ENOMEM;
        room->huge = huge;
        room->huge[room->n_huge++] = pool;
        return 0;
}

static int add_promise(int fd, const char *name, int node, struct headroom *room)
{
        struct headroom_promise promise = { .size = pool_size(name) }, *promises;
        char path[300];

        (void) node;

        (void) snprintf(path, sizeof(path), "%s/resv_hugepages", name);
        if (promise.size == 0 || read_number(fd, path, &promise.pages) < 0 || promise.pages == 0)
                return 0;
        promises = reallocarray(room->promises, room->n_promises + 1, sizeof(*promises));
        if (!promises)
                return -ENOMEM;
        room->promises = promises;
        room->promises[room->n_promises++] = promise;
        return 0;
}

static int read_pools(struct tree *tree, const char *path, int node,
                      int (*add)(int fd, const char *name, int node, struct headroom *room),
                      struct headroom *room)
{
        _cleanup_closedir_ DIR *dir = NULL;
        const struct dirent *entry;
        int fd, r = 0;

        fd = openat(tree->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return 0;
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return -ENOMEM;
        }
        while (r >= 0 && (entry = readdir(dir)))
                r = add(fd, entry->d_name, node, room);
        return r;
}

static int read_all_pools(struct tree *tree, struct headroom *room)
{
        int r = read_pools(tree, "sys/kernel/mm/hugepages", -1, add_promise, room);

        for (size_t i = 0; r >= 0 && i < room->n_zones; i++) {
                char path[64];

                if (i > 0 && room->zones[i].node == room->zones[i - 1].node)
                        continue;
                (void) snprintf(path, sizeof(path), "sys/devices/system/node/node%d/hugepages",
                                room->zones[i].node);
                r = read_pools(tree, path, room->zones[i].node, add_pool, room);
        }
        return r;
}

static int compare_pools(const void *a, const void *b)
{
        const struct headroom_huge *x = a, *y = b;

        if (x->node != y->node)
                return x->node < y->node ? -1 : 1;
        return x->size < y->size ? -1 : x->size > y->size;
}

static int compare_promises(const void *a, const void *b)
{
        const struct headroom_promise *x = a, *y = b;

        return x->size < y->size ? -1 : x->size > y->size;
}

int headroom_read(struct tree *tree, struct headroom *ret)
{
        _cleanup_(headroom_clear) struct headroom room = { .available = UINT64_MAX };
        _cleanup_free_ char *meminfo = text_read(tree->root_fd, "proc/meminfo");
        uint64_t bytes;
        int r;

        r = read_zones(tree, &room);
        if (r >= 0)
                r = read_all_pools(tree, &room);
        if (r < 0)
                return r;
        if (room.n_huge > 0)
                qsort(room.huge, room.n_huge, sizeof(*room.huge), compare_pools);
        if (room.n_promises > 0)
                qsort(room.promises, room.n_promises, sizeof(*room.promises), compare_promises);
        if (meminfo && tree->page_size > 0 && text_kib(meminfo, "MemAvailable:", &bytes))
                room.available = bytes / tree->page_size;
        if (meminfo && tree->page_size > 0 && text_kib(meminfo, "SwapFree:", &bytes))
                room.swap_free = bytes / tree->page_size;
        *ret = room;
        room = (struct headroom){ 0 };
        return 0;
}
