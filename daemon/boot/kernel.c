/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/kernel.h"

#include "basic/attr.h"
#include "basic/file.h"
#include "basic/number.h"
#include "basic/saturated.h"
#include "daemon/machine/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#define CONFIG_MAX   ((size_t) 1024 * 1024)
#define ZONEINFO_MAX ((size_t) 16 * 1024 * 1024)

static char *read_packed(int root_fd)
{
        int fd = openat(root_fd, "proc/config.gz", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        _cleanup_free_ char *text = malloc(CONFIG_MAX);
        gzFile file = fd >= 0 ? gzdopen(fd, "r") : NULL;
        int n;

        if (!file) {
                closep(&fd);
                return NULL;
        }
        n = text ? gzread(file, text, CONFIG_MAX - 1) : -1;
        (void) gzclose(file);
        if (n <= 0)
                return NULL;
        text[n] = '\0';
        return TAKE_PTR(text);
}

int boot_config_has(int root_fd, const char *release, const char *option)
{
        _cleanup_free_ char *text = NULL, *line = NULL;
        char path[128];

        if (!strchr(release, '/') &&
            snprintf(path, sizeof(path), "boot/config-%s", release) < (int) sizeof(path))
                text = file_read(root_fd, path, CONFIG_MAX, NULL);
        if (!text)
                text = read_packed(root_fd);
        if (!text)
                return -ENODATA;
        if (asprintf(&line, "\n%s=y\n", option) < 0) {
                line = NULL;
                return -ENODATA;
        }
        return strstr(text, line) != NULL;
}

void boot_cmdline_read(int root_fd, struct cmdline *ret)
{
        _cleanup_free_ char *text = text_read(root_fd, "proc/cmdline");

        cmdline_parse(text ? text : "", ret);
}

/* The kernel's page blocks, of which areas are made. */
static uint64_t read_unit(const struct tree *tree, const char *meminfo)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/pagetypeinfo", ZONEINFO_MAX, NULL);
        const char *at = text ? strstr(text, "Pages per block:") : NULL;
        uint64_t pages = 0, bytes;

        if (at && sscanf(at, "Pages per block: %" SCNu64, &pages) == 1 && pages > 0 && pages <= UINT32_MAX &&
            (pages & (pages - 1)) == 0)
                return pages * tree->page_size;
        /* as large as a huge page, where there are any */
        if (text_kib(meminfo, "Hugepagesize:", &bytes) && bytes > 0 && (bytes & (bytes - 1)) == 0)
                return bytes;
        return 0;
}

/* "0-1,4" */
static uint32_t count_nodes(int root_fd)
{
        char text[ATTR_MAX];
        uint32_t n = 0;
        char *save = NULL;

        if (attr_read(root_fd, "sys/devices/system/node/online", text, sizeof(text)) < 0)
                return 1;
        for (char *part = strtok_r(text, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
                unsigned int first, last;
                int read = sscanf(part, "%u-%u", &first, &last);

                if (read == 1)
                        n++;
                else if (read == 2 && last >= first && last - first < 4096)
                        n += last - first + 1;
        }
        return n > 0 ? n : 1;
}

static uint64_t largest_huge_page(int root_fd)
{
        int fd = openat(root_fd, "sys/kernel/mm/hugepages", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
        const struct dirent *entry;
        uint64_t most = 0, kib;

        while (dir && (entry = readdir(dir)))
                if (sscanf(entry->d_name, "hugepages-%" SCNu64 "kB", &kib) == 1 &&
                    kib <= UINT64_MAX / 1024 && kib * 1024 > most)
                        most = kib * 1024;
        return most;
}

static const struct cma_demand_area *find_default(const struct cma_sample *sample)
{
        for (size_t i = 0; i < sample->n; i++)
                if (boot_area_is_default(sample->areas[i].name))
                        return &sample->areas[i];
        return NULL;
}

/* Areas of nodes that nobody asked for, or somebody has said that there are to be none. */
static bool makes_node_areas(const struct cma_sample *sample, const struct cmdline *cmdline)
{
        if (cmdline->pernuma_given && cmdline->pernuma == 0)
                return true;
        for (size_t i = 0; i < sample->n; i++)
                if (strncmp(sample->areas[i].name, "numa", 4) == 0)
                        return !cmdline->numa_given && !cmdline->pernuma_given;
        return false;
}

static void read_release(int root_fd, char *buf, size_t size)
{
        if (attr_read(root_fd, "proc/sys/kernel/osrelease", buf, size) < 0)
                buf[0] = '\0';
}

void boot_machine_read(const struct tree *tree, const struct cma_sample *sample, struct boot_machine *ret)
{
        _cleanup_free_ char *meminfo = text_read(tree->root_fd, "proc/meminfo");
        char release[BOOT_TEXT_MAX];
        struct cmdline cmdline;
        uint64_t total;
        int has;

        *ret = (struct boot_machine){ .nodes = count_nodes(tree->root_fd) };
        read_release(tree->root_fd, release, sizeof(release));
        boot_cmdline_read(tree->root_fd, &cmdline);
        if (meminfo) {
                (void) text_kib(meminfo, "MemTotal:", &ret->memory);
                /* a kernel with CONFIG_CMA has this line, and others do not */
                ret->cma = text_kib(meminfo, "CmaTotal:", &total);
                ret->unit = read_unit(tree, meminfo);
        }
        ret->gigantic = largest_huge_page(tree->root_fd);
        ret->has_default = find_default(sample) != NULL;
        has = boot_config_has(tree->root_fd, release, "CONFIG_CMA_SIZE_PERNUMA");
        ret->per_node = has >= 0 ? has : makes_node_areas(sample, &cmdline);
}

/* Pages that zones of that name have, of all nodes. */
static uint64_t zone_pages(int root_fd, const char *zone)
{
        _cleanup_free_ char *text = file_read(root_fd, "proc/zoneinfo", ZONEINFO_MAX, NULL);
        uint64_t sum = 0, pages;
        bool in_zone = false;
        char *save = NULL;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save)) {
                char name[32];

                if (sscanf(line, "Node %*u, zone %31s", name) == 1)
                        in_zone = strcmp(name, zone) == 0;
                else if (in_zone && sscanf(line, " present %" SCNu64, &pages) == 1)
                        sum = add_saturated(sum, pages);
        }
        return sum;
}

/* On ARM the default area must be where all devices reach it; x86 has it anywhere. */
static uint64_t read_limit(const struct tree *tree)
{
        uint64_t pages;
        char arch[64];

        if (attr_read(tree->root_fd, "proc/sys/kernel/arch", arch, sizeof(arch)) < 0 ||
            (strncmp(arch, "aarch64", 7) != 0 && strncmp(arch, "arm", 3) != 0))
                return 0;
        pages = zone_pages(tree->root_fd, "DMA");
        if (pages == 0)
                pages = zone_pages(tree->root_fd, "DMA32");
        return multiply_saturated(pages, tree->page_size);
}

void boot_seen_read(const struct tree *tree, const struct cma_sample *sample,
                    const struct boot_machine *machine, struct boot_seen *ret)
{
        _cleanup_free_ char *meminfo = text_read(tree->root_fd, "proc/meminfo");
        const struct cma_demand_area *area = find_default(sample);

        *ret = (struct boot_seen){
                .cma = machine->cma,
                .unit = machine->unit,
                .memory = machine->memory,
                .limit = read_limit(tree),
                .total = BOOT_SEEN_NOT_TOLD,
        };
        boot_cmdline_read(tree->root_fd, &ret->booted);
        read_release(tree->root_fd, ret->release, sizeof(ret->release));
        if (meminfo)
                (void) text_kib(meminfo, "CmaTotal:", &ret->total);
        if (!area)
                ret->default_bytes = 0;
        else if (area->size > 0 && strcmp(area->name, BOOT_AREA_ALL) != 0)
                ret->default_bytes = area->size;
        else
                ret->default_bytes = BOOT_SEEN_NOT_TOLD;
}
