/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/dmabuf.h"

#include "basic/cleanup.h"
#include "basic/clock.h"
#include "basic/file.h"
#include "basic/number.h"
#include "basic/printable.h"
#include "daemon/core/helper_task.h"
#include "daemon/machine/listing.h"
#include "daemon/machine/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INFO_MAX ((size_t) 8 << 20)

/* How the link of an open dma-buf begins. */
#define LINK "/dmabuf:"

/* A folder of proc that may not be looked into, or not any more. */
struct walk {
        const struct tree *tree;
        struct dmabuf_list *list;
        uint64_t deadline; /* CLOCK_MONOTONIC, microseconds */
        uint32_t pid;
};

/* The buffer with that inode, a new one if need be. 1; 0: there are too many; -ENOMEM. */
static int find(struct dmabuf_list *list, uint64_t inode, struct dmabuf **ret)
{
        size_t at = 0;

        while (at < list->n && list->items[at].inode < inode)
                at++;
        if (at == list->n || list->items[at].inode != inode) {
                if (list->n == DMABUFS_MAX) {
                        list->complete = false;
                        return 0;
                }
                if (list->n == list->size) {
                        size_t size = list->size ? list->size * 2 : 16;
                        struct dmabuf *items = reallocarray(list->items, size, sizeof(*items));

                        if (!items)
                                return -ENOMEM;
                        list->items = items;
                        list->size = size;
                }
                memmove(&list->items[at + 1], &list->items[at], (list->n - at) * sizeof(*list->items));
                list->items[at] =
                        (struct dmabuf){ .inode = inode, .count = UINT64_MAX, .holder = DMABUF_NO_HOLDER };
                list->n++;
        }
        *ret = &list->items[at];
        return 1;
}

static void add_pid(struct dmabuf_list *list, struct dmabuf *item, uint32_t pid)
{
        for (size_t i = 0; i < item->n_pids; i++)
                if (item->pids[i] == pid)
                        return;
        if (item->n_pids < DMABUF_PIDS_MAX)
                item->pids[item->n_pids++] = pid;
        else
                list->complete = false;
}

/* What stands behind the key at the beginning of a line; NULL: there is no such line. */
static const char *value_of(const char *text, const char *key, size_t *ret_n)
{
        size_t length = strlen(key);

        for (const char *line = text; line; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (strncmp(line, key, length) == 0) {
                        line += length + strspn(line + length, " \t");
                        *ret_n = strcspn(line, "\n");
                        return line;
                }
        }
        return NULL;
}

int dmabuf_parse_fdinfo(const char *text, uint32_t pid, struct dmabuf_list *list)
{
        const char *exporter, *name;
        size_t n_exporter, n_name;
        uint64_t inode, size;
        struct dmabuf *item;
        int r;

        exporter = value_of(text, "exp_name:", &n_exporter);
        if (!exporter || !text_number(text, "ino:", &inode) || !text_number(text, "size:", &size))
                return 0;
        r = find(list, inode, &item);
        if (r <= 0)
                return r;
        item->size = size;
        (void) text_number(text, "count:", &item->count);
        printable_copy(item->exporter, sizeof(item->exporter), exporter, n_exporter);
        name = value_of(text, "name:", &n_name);
        if (name)
                printable_copy(item->name, sizeof(item->name), name, n_name);
        add_pid(list, item, pid);
        return 0;
}

static int on_fd(void *userdata, uint32_t fd)
{
        struct walk *walk = userdata;
        _cleanup_free_ char *text = NULL;
        char path[64], link[sizeof(LINK)];
        ssize_t n;

        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/fd/%" PRIu32, walk->pid, fd);
        n = readlinkat(walk->tree->root_fd, path, link, sizeof(link));
        if (n < (ssize_t) strlen(LINK) || strncmp(link, LINK, strlen(LINK)) != 0)
                return 0;
        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/fdinfo/%" PRIu32, walk->pid, fd);
        text = text_read(walk->tree->root_fd, path);
        return text ? dmabuf_parse_fdinfo(text, walk->pid, walk->list) : 0;
}

static int add_process(struct dmabuf_list *list, const struct tree *tree, uint32_t pid)
{
        struct dmabuf_process process = { .pid = pid }, *processes;
        _cleanup_free_ char *command = NULL;
        char path[32];
        size_t at = list->n_processes;

        if (list->n_processes == DMABUF_PROCESSES_MAX) {
                list->complete = false;
                return 0;
        }
        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/comm", pid);
        command = file_read(tree->root_fd, path, 128, NULL);
        if (command)
                printable_copy(process.command, sizeof(process.command), command, strcspn(command, "\n"));
        processes = reallocarray(list->processes, list->n_processes + 1, sizeof(*processes));
        if (!processes)
                return -ENOMEM;
        list->processes = processes;
        while (at > 0 && processes[at - 1].pid > pid)
                at--;
        memmove(&processes[at + 1], &processes[at], (list->n_processes - at) * sizeof(*processes));
        processes[at] = process;
        list->n_processes++;
        return 0;
}

static bool has_buffers(const struct dmabuf_list *list, uint32_t pid)
{
        for (size_t i = 0; i < list->n; i++)
                for (size_t j = 0; j < list->items[i].n_pids; j++)
                        if (list->items[i].pids[j] == pid)
                                return true;
        return false;
}

static int on_pid(void *userdata, uint32_t pid)
{
        struct walk *walk = userdata;
        char path[32];
        int r;

        if (clock_usec(CLOCK_MONOTONIC) >= walk->deadline) {
                walk->list->complete = false;
                return 0;
        }
        helper_gets_on(pid);
        walk->pid = pid;
        (void) snprintf(path, sizeof(path), "proc/%" PRIu32 "/fd", pid);
        r = list_numbered(walk->tree->root_fd, path, "", on_fd, walk);
        if (r == -ENOMEM)
                return r;
        if (r == -EACCES || r == -EPERM)
                walk->list->complete = false;
        return has_buffers(walk->list, pid) ? add_process(walk->list, walk->tree, pid) : 0;
}

int dmabuf_read_users(const struct tree *tree, uint64_t usec, struct dmabuf_list *list)
{
        struct walk walk = { .tree = tree, .list = list, .deadline = clock_usec(CLOCK_MONOTONIC) + usec };
        int r;

        list->complete = true;
        r = list_numbered(tree->root_fd, "proc", "", on_pid, &walk);
        if (r < 0 && r != -ENOMEM)
                list->complete = false;
        return r == -ENOMEM ? r : 0;
}

/* The field of a line that ends at a tab or the line's end; moves on behind it. */
static bool next_field(const char **line, const char **ret, size_t *ret_n)
{
        *ret = *line;
        *ret_n = strcspn(*line, "\t\n");
        *line += *ret_n;
        if (**line != '\t')
                return false;
        (*line)++;
        return true;
}

static bool read_number(const char *field, size_t n, uint64_t *ret)
{
        char number[24];

        while (n > 0 && *field == ' ') {
                field++;
                n--;
        }
        while (n > 0 && field[n - 1] == ' ')
                n--;
        if (n == 0 || n >= sizeof(number))
                return false;
        memcpy(number, field, n);
        number[n] = '\0';
        return parse_u64(number, 10, ret) >= 0;
}

static bool has_digits(const char *field, size_t n, const char *digits)
{
        return n >= 8 && strspn(field, digits) == n;
}

/*
 * size, flags, mode, count, exporter, inode, name. 1 and *ret, or NULL where there are too many; 0: it is no
 * such line; -ENOMEM. Who has a buffer open gives it a name, of up to 31 bytes of any kind: a line break and
 * what comes before the count ("%08zu\t%08x\t%08x\t" in all kernels) leave no room in it for the rest.
 */
static int parse_line(const char *line, struct dmabuf_list *list, struct dmabuf **ret)
{
        const char *fields[6], *name;
        uint64_t size, count, inode;
        size_t lengths[6], n;
        struct dmabuf *item;
        int r;

        *ret = NULL;
        for (size_t i = 0; i < ELEMENTSOF(fields); i++)
                if (!next_field(&line, &fields[i], &lengths[i]))
                        return 0;
        name = line;
        n = strcspn(name, "\n");
        if (!has_digits(fields[0], lengths[0], "0123456789") ||
            !has_digits(fields[1], lengths[1], "0123456789abcdef") ||
            !has_digits(fields[2], lengths[2], "0123456789abcdef") ||
            !read_number(fields[0], lengths[0], &size) || !read_number(fields[3], lengths[3], &count) ||
            !read_number(fields[5], lengths[5], &inode))
                return 0;
        r = find(list, inode, &item);
        if (r <= 0)
                return r < 0 ? r : 1;
        *ret = item;
        item->count = count;
        if (item->n_pids == 0) { /* else fdinfo, in which the name is the last, has told these */
                item->size = size;
                printable_copy(item->exporter, sizeof(item->exporter), fields[4], lengths[4]);
        }
        /* what has no name is shown as <none> */
        if (item->name[0] == '\0' && (n != 6 || strncmp(name, "<none>", 6) != 0))
                printable_copy(item->name, sizeof(item->name), name, n);
        return 1;
}

static void add_device(struct dmabuf *item, const char *line)
{
        const char *name = line + strspn(line, "\t ");
        size_t n = strcspn(name, "\n");

        if (n > 0 && item->n_devices < DMABUF_DEVICES_MAX) {
                char *device = item->devices[item->n_devices++];

                printable_copy(device, sizeof(item->devices[0]), name, n);
        }
}

/*
 * Behind a buffer's line stands what its name goes on with, where that has line breaks, and the kernel's
 * words about it: the last of the lines that devices could follow is the kernel's.
 */
int dmabuf_parse_info(const char *text, struct dmabuf_list *list)
{
        bool has_buffer = false, devices = false;
        uint64_t inode = 0; /* of the last line of a buffer */
        struct dmabuf *item;
        int r;

        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                if (*line != '\t') {
                        devices = false;
                        r = parse_line(line, list, &item);
                        if (r < 0)
                                return r;
                        if (r == 0)
                                continue;
                        has_buffer = item != NULL;
                        if (has_buffer) {
                                inode = item->inode;
                                item->n_devices = 0;
                        }
                } else if (strncmp(line, "\tAttached Devices:\n", 19) == 0) {
                        devices = has_buffer && find(list, inode, &item) > 0;
                        if (devices)
                                item->n_devices = 0;
                } else if (devices && find(list, inode, &item) > 0)
                        add_device(item, line);
        }
        return 0;
}

int dmabuf_read_info(const struct tree *tree, struct dmabuf_list *list)
{
        _cleanup_free_ char *text =
                file_read(tree->root_fd, "sys/kernel/debug/dma_buf/bufinfo", INFO_MAX, NULL);
        int r;

        if (!text)
                return 0;
        r = dmabuf_parse_info(text, list);
        return r < 0 ? r : 1;
}

void dmabuf_clear(struct dmabuf_list *list)
{
        free(list->items);
        free(list->processes);
        *list = (struct dmabuf_list){ 0 };
}

void dmabuf_put(struct packet *packet, const struct dmabuf_list *list)
{
        packet_put_array(packet, list->items, list->n, sizeof(*list->items));
        packet_put_array(packet, list->processes, list->n_processes, sizeof(*list->processes));
        packet_put_u64(packet, list->complete);
}

void dmabuf_get(struct packet_reader *reader, struct dmabuf_list *ret)
{
        ret->items = packet_get_array(reader, sizeof(*ret->items), &ret->n);
        ret->size = ret->n;
        ret->processes = packet_get_array(reader, sizeof(*ret->processes), &ret->n_processes);
        ret->complete = packet_get_u64(reader);
}
