/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/setting.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/command.h"
#include "matrix/machine/undo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY "/run/memctl"
#define LIST      DIRECTORY "/matrix-settings"
#define UNPOISON  "/sys/kernel/debug/hwpoison/unpoison-pfn"
#define ENTRIES   1024

struct list {
        uint32_t n;
        struct undo entries[ENTRIES];
};

static struct list *list;
static int list_fd = -1;

/* Of an earlier run. */
static bool is_whole(void)
{
        if (list->n > ENTRIES)
                return false;
        for (size_t i = 0; i < list->n; i++) {
                const struct undo *entry = &list->entries[i];

                if (entry->kind >= _UNDO_MAX || !memchr(entry->path, '\0', sizeof(entry->path)) ||
                    !memchr(entry->value, '\0', sizeof(entry->value)))
                        return false;
        }
        return true;
}

int setting_open(void)
{
        _cleanup_close_ int fd = -1;
        void *mapped;

        if (mkdir(DIRECTORY, 0755) < 0 && errno != EEXIST)
                return -errno;
        fd = open(LIST, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        if (ftruncate(fd, sizeof(*list)) < 0)
                return -errno;
        mapped = mmap(NULL, sizeof(*list), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped == MAP_FAILED)
                return -errno;
        list = mapped;
        list_fd = TAKE_FD(fd);
        if (!is_whole())
                list->n = 0;
        (void) setting_put_back(0);
        return 0;
}

static int add(enum undo_kind kind, const char *path, const char *value)
{
        struct undo *entry = list ? &list->entries[list->n] : NULL;

        if (!entry || list->n == ENTRIES || strlen(path) >= sizeof(entry->path) ||
            strlen(value) >= sizeof(entry->value))
                return -ENOSPC;
        *entry = (struct undo){ .kind = kind };
        (void) strcpy(entry->path, path);
        (void) strcpy(entry->value, value);
        /* whoever puts back sees whole entries only */
        __atomic_store_n(&list->n, list->n + 1, __ATOMIC_RELEASE);
        return 0;
}

int setting_write(const char *path, const char *value)
{
        char before[sizeof(list->entries->value)];
        int r;

        r = attribute_read(path, before, sizeof(before));
        if (r >= 0 && strcmp(before, value) == 0)
                return 0;
        if (r >= 0)
                r = add(UNDO_WRITE, path, before);
        return r < 0 ? r : attribute_write(path, value);
}

int setting_raise(const char *path, uint64_t by)
{
        char before[sizeof(list->entries->value)], value[32];
        int r;

        r = attribute_read(path, before, sizeof(before));
        if (r < 0)
                return r;
        (void) snprintf(value, sizeof(value), "%" PRIu64, (uint64_t) strtoull(before, NULL, 10) + by);
        return setting_write(path, value);
}

int setting_at_end_write(const char *path, const char *value)
{
        return add(UNDO_WRITE, path, value);
}

int setting_at_end_swapoff(const char *path)
{
        return add(UNDO_SWAPOFF, path, "");
}

int setting_at_end_unload(const char *module)
{
        return add(UNDO_UNLOAD, module, "");
}

int setting_at_end_online(const char *path)
{
        return add(UNDO_ONLINE, path, "online_movable");
}

int setting_at_end_unpoison(uint64_t pfn)
{
        char value[32];

        (void) snprintf(value, sizeof(value), "0x%" PRIx64, pfn);
        return add(UNDO_UNPOISON, UNPOISON, value);
}

int setting_load(const char *module)
{
        char path[128];
        int r;

        (void) snprintf(path, sizeof(path), "/sys/module/%s", module);
        if (attribute_exists(path))
                return 0;
        r = add(UNDO_UNLOAD, module, "");
        if (r >= 0)
                r = command_quietly("modprobe", "-q", module);
        return r == 0 && attribute_exists(path) ? 0 : -ENOENT;
}

size_t setting_mark(void)
{
        return list ? list->n : 0;
}

size_t setting_put_back(size_t mark)
{
        size_t kept = mark, failed = 0;

        if (!list)
                return 0;
        for (size_t i = list->n; i > mark; i--)
                list->entries[i - 1].failed = undo(&list->entries[i - 1]) < 0;
        for (size_t i = mark; i < list->n; i++)
                if (list->entries[i].failed) {
                        list->entries[kept++] = list->entries[i];
                        failed++;
                }
        __atomic_store_n(&list->n, (uint32_t) kept, __ATOMIC_RELEASE);
        return failed;
}

const char *setting_left(size_t i)
{
        static char text[sizeof(struct undo) + 32];
        static const char *const how[] = {
                [UNDO_WRITE] = "write",    [UNDO_SWAPOFF] = "swapoff", [UNDO_UNLOAD] = "rmmod",
                [UNDO_UNPOISON] = "write", [UNDO_ONLINE] = "write",
        };
        const struct undo *entry;

        if (!list || i >= list->n)
                return NULL;
        entry = &list->entries[i];
        (void) snprintf(text, sizeof(text), "%s %s%s%s", how[entry->kind], entry->value,
                        *entry->value ? " to " : "", entry->path);
        return text;
}

void setting_close(void)
{
        if (list && list->n == 0)
                (void) unlink(LIST);
        closep(&list_fd);
        list_fd = -1;
}
