/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/page_owner.h"

#include "basic/number.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/*
 * Its offset is a pfn, and each read gives one record: of the next allocated page from there on. Those of a
 * high order are told at their first page only, which is at most so many pages before the one in question.
 */
#define ORDER_MAX   10
#define RECORDS_MAX ((1U << ORDER_MAX) + 1)
#define RECORD_MAX  4096

/* A file of another machine's is read from its beginning, this far. */
#define TREE_RECORDS_MAX 200000

#define FRAMES_MAX 3

struct page_owner {
        int fd;
        bool live;
        char buf[2 * RECORD_MAX + 1];
        size_t used;
};

int page_owner_open(struct tree *tree, struct page_owner **ret)
{
        struct page_owner *owner;
        int fd;

        fd = openat(tree->root_fd, "sys/kernel/debug/page_owner",
                    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return -errno;
        owner = calloc(1, sizeof(*owner));
        if (!owner) {
                close(fd);
                return -ENOMEM;
        }
        owner->fd = fd;
        owner->live = tree->live;
        *ret = owner;
        return 0;
}

struct page_owner *page_owner_close(struct page_owner *owner)
{
        if (!owner)
                return NULL;

        close(owner->fd);
        free(owner);
        return NULL;
}

/* The next record, up to the empty line behind it, in buf. 1; 0 at the end; -errno. */
static int read_record(struct page_owner *owner, char record[static RECORD_MAX + 1])
{
        for (;;) {
                char *end;
                size_t length;
                ssize_t n;

                owner->buf[owner->used] = '\0';
                end = strstr(owner->buf, "\n\n");
                if (end && (length = (size_t) (end - owner->buf)) <= RECORD_MAX) {
                        memcpy(record, owner->buf, length);
                        record[length] = '\0';
                        owner->used -= length + 2;
                        memmove(owner->buf, end + 2, owner->used);
                        return 1;
                }
                if (end || owner->used > RECORD_MAX || memchr(owner->buf, '\0', owner->used))
                        return -EBADMSG;
                n = read(owner->fd, owner->buf + owner->used, RECORD_MAX);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        return 0;
                owner->used += (size_t) n;
        }
}

/*
 * "PFN 0x1234 type Movable Block 8 type ...", behind a line with the name of who allocated: that is
 * anything, a line break too, but too short for all of this. NULL: there is no such line.
 */
static const char *find_place(const char *record)
{
        for (const char *line = strstr(record, "\nPFN "); line; line = strstr(line + 1, "\nPFN ")) {
                const char *block = strstr(line, " Block ");

                if (block && block < line + 1 + strcspn(line + 1, "\n"))
                        return line;
        }
        return NULL;
}

/* "Page allocated via order 2, ..." and "PFN 0x1234 ..." (a decimal number up to Linux 6.9). */
static bool parse_place(const char *record, unsigned int *order, uint64_t *pfn)
{
        const char *line = find_place(record);
        char number[24];

        return line && sscanf(record, "Page allocated via order %2u,", order) == 1 && *order < 32 &&
               sscanf(line, "\nPFN %23s", number) == 1 &&
               parse_u64(number, strncmp(number, "0x", 2) == 0 ? 16 : 10, pfn) >= 0;
}

/* Functions that stand between whoever wanted a page and the page. */
static bool is_allocator(const char *function)
{
        static const char *const prefixes[] = {
                "post_alloc_hook",   "prep_new_page",    "get_page_from_freelist",
                "__alloc_pages",     "alloc_page",       "__alloc_frozen_page",
                "alloc_frozen_page", "__folio_alloc",    "folio_alloc",
                "vma_alloc_",        "__get_free_page",  "get_free_page",
                "get_zeroed_page",   "__set_page_owner", "register_dummy_stack",
                "save_stack",        "alloc_contig_",    "__alloc_contig_",
                "split_free_page",   "alloc_slab_page",  "allocate_slab",
                "new_slab",          "___slab_alloc",    "__slab_alloc",
                "___kmalloc_large",  "__kmalloc_large",  "kmalloc_large",
                "kmalloc_order",     "refill_objects",   "refill_sheaf",
        };

        for (size_t i = 0; i < ELEMENTSOF(prefixes); i++)
                if (strncmp(function, prefixes[i], strlen(prefixes[i])) == 0)
                        return true;
        return false;
}

/* " zs_malloc+0x21/0x3c0 [zsmalloc]": the name, and the module in its brackets. */
static bool parse_frame(const char *line, size_t length, char frame[static 128])
{
        char function[64], offset[48], module[64];
        char text[200];
        int n;

        if (length == 0 || length >= sizeof(text) || line[0] != ' ')
                return false;
        for (size_t i = 0; i < length; i++)
                if (!isprint((unsigned char) line[i]))
                        return false;
        memcpy(text, line, length);
        text[length] = '\0';
        n = sscanf(text, " %63[^+ ]+%47s %63s", function, offset, module);
        if (n < 2 || is_allocator(function))
                return false;
        (void) snprintf(frame, 128, "%.60s%s%.60s", function, n == 3 ? " " : "", n == 3 ? module : "");
        return true;
}

static char *allocated_by(const char *record)
{
        char text[FRAMES_MAX * 132] = "";
        size_t length = 0;
        int n = 0;

        for (const char *line = find_place(record); line && n < FRAMES_MAX; line = strchr(line, '\n')) {
                char frame[128];

                line += *line == '\n';
                if (!parse_frame(line, strcspn(line, "\n"), frame))
                        continue;
                length += (size_t) snprintf(text + length, sizeof(text) - length, "%s%s", n ? " < " : "",
                                            frame);
                n++;
        }
        return n ? strdup(text) : NULL;
}

int page_owner_find(struct page_owner *owner, uint64_t pfn, char **ret)
{
        uint64_t from = pfn & ~((UINT64_C(1) << ORDER_MAX) - 1);
        char record[RECORD_MAX + 1] = "";

        /* the very first offset means the first pfn there is */
        if (lseek(owner->fd, owner->live ? (off_t) from : 0, SEEK_SET) < 0)
                return -errno;
        owner->used = 0;
        for (unsigned int i = 0; i < (owner->live ? RECORDS_MAX : TREE_RECORDS_MAX); i++) {
                unsigned int order;
                uint64_t first;
                int r;

                r = read_record(owner, record);
                if (r <= 0)
                        return r;
                if (!parse_place(record, &order, &first))
                        continue;
                if (first > pfn)
                        return 0;
                if (pfn - first < UINT64_C(1) << order) {
                        *ret = allocated_by(record);
                        return *ret ? 1 : 0;
                }
        }
        return 0;
}
