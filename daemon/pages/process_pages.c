/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/process_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Entries read at once. */
#define CHUNK_ENTRIES 8192

/* A line of maps, in entries. */
#define COST_MAP 64

/* A reservation of more than this, never filled, would take longer to read than is left of anybody's
 * patience.
 */
#define MAP_PAGES_MAX (UINT64_C(1) << 28)

/* Of an entry. */
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_PFN     ((UINT64_C(1) << 55) - 1)

int process_pages_init(struct process_pages *pages, const struct tree *tree)
{
        *pages = (struct process_pages){
                .tree = tree,
                .pagemap = -1,
                .entries = calloc(CHUNK_ENTRIES, sizeof(*pages->entries)),
        };
        return pages->entries ? 0 : -ENOMEM;
}

void process_pages_close(struct process_pages *pages)
{
        if (pages->maps)
                (void) fclose(pages->maps);
        closep(&pages->pagemap);
        pages->maps = NULL;
        pages->pagemap = -1;
        pages->page = pages->end = 0;
}

void process_pages_clear(struct process_pages *pages)
{
        if (pages->tree)
                process_pages_close(pages);
        free(pages->entries);
        *pages = (struct process_pages){ 0 };
}

/* A process that has ended is none that could not be looked into. */
static void note_error(struct process_pages *pages, int error)
{
        if (error != ENOENT && error != ESRCH)
                pages->blind = true;
}

static int open_of_process(struct process_pages *pages, const char *name)
{
        char path[48];
        int fd;

        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/%s", pages->pid, name);
        fd = openat(pages->tree->root_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
        if (fd < 0)
                note_error(pages, errno);
        return fd;
}

void process_pages_open(struct process_pages *pages, uint32_t pid)
{
        int fd;

        pages->pid = pid;
        fd = open_of_process(pages, "maps");
        if (fd < 0)
                return;
        pages->maps = fdopen(fd, "re");
        if (!pages->maps) {
                close(fd);
                return;
        }
        pages->pagemap = open_of_process(pages, "pagemap");
        if (pages->pagemap < 0)
                process_pages_close(pages);
}

/* The next mapping whose pages may be in memory. */
static void next_mapping(struct process_pages *pages, uint64_t page_size)
{
        uint64_t start, end;
        char line[512], more[256], rights[8];

        if (!fgets(line, sizeof(line), pages->maps)) {
                process_pages_close(pages);
                return;
        }
        /* a long name: the rest of the line is no mapping */
        if (!strchr(line, '\n'))
                while (fgets(more, sizeof(more), pages->maps) && !strchr(more, '\n'))
                        ;
        if (sscanf(line, "%16" SCNx64 "-%16" SCNx64 " %7s", &start, &end, rights) != 3 || start >= end)
                return;
        if ((end - start) / page_size > MAP_PAGES_MAX) {
                pages->blind = true;
                return;
        }
        pages->page = start / page_size;
        pages->end = end / page_size;
}

static unsigned int look_at(struct process_pages *pages, uint64_t entry, process_pages_found_t found,
                            void *userdata)
{
        uint64_t pfn = entry & PAGEMAP_PFN;

        if (!(entry & PAGEMAP_PRESENT))
                return 0;
        if (pfn > 0)
                return found(userdata, pfn);
        /* the kernel does not show us pfns; nothing is mapped there */
        pages->blind = true;
        return 0;
}

/* What it cost, in entries. */
static unsigned int read_entries(struct process_pages *pages, process_pages_found_t found, void *userdata)
{
        uint64_t left = pages->end - pages->page;
        size_t words = left < CHUNK_ENTRIES ? (size_t) left : CHUNK_ENTRIES;
        unsigned int cost;
        ssize_t n;

        n = pread(pages->pagemap, pages->entries, words * sizeof(*pages->entries),
                  (off_t) (pages->page * sizeof(*pages->entries)));
        if (n < (ssize_t) sizeof(*pages->entries)) {
                /* nothing there: the mapping, or the process, is gone */
                if (n < 0)
                        note_error(pages, errno);
                pages->page = pages->end;
                return COST_MAP;
        }
        words = (size_t) n / sizeof(*pages->entries);
        cost = (unsigned int) words;
        for (size_t i = 0; i < words; i++)
                cost += look_at(pages, pages->entries[i], found, userdata);
        pages->page += words;
        return cost;
}

void process_pages_read(struct process_pages *pages, unsigned int most, process_pages_found_t found,
                        void *userdata)
{
        for (unsigned int cost = 0; cost < most && pages->maps;) {
                if (pages->page < pages->end)
                        cost += read_entries(pages, found, userdata);
                else {
                        next_mapping(pages, pages->tree->page_size);
                        cost += COST_MAP;
                }
        }
}
