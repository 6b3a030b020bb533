/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/setting.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/command.h"
#include "matrix/machine/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <unistd.h>

#define DIRECTORY "/run/memctl"
#define LIST      DIRECTORY "/matrix-settings"
#define UNPOISON  "/sys/kernel/debug/hwpoison/unpoison-pfn"
#define ENTRIES   1024

enum kind {
        WRITE,
        SWAPOFF,
        UNLOAD,
        UNPOISON_PFN,
        ONLINE,
};

struct entry {
        uint32_t kind;
        uint32_t failed; /* it could not be put back */
        char path[160], value[96];
};

struct list {
        uint32_t n;
        struct entry entries[ENTRIES];
};

static struct list *list;
static int list_fd = -1;

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
        if (list->n > ENTRIES)
                list->n = 0;
        (void) setting_put_back(0);
        return 0;
}

static int add(enum kind kind, const char *path, const char *value)
{
        struct entry *entry = list ? &list->entries[list->n] : NULL;

        if (!entry || list->n == ENTRIES || strlen(path) >= sizeof(entry->path) ||
            strlen(value) >= sizeof(entry->value))
                return -ENOSPC;
        *entry = (struct entry){ .kind = kind };
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
                r = add(WRITE, path, before);
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
        return add(WRITE, path, value);
}

int setting_at_end_swapoff(const char *path)
{
        return add(SWAPOFF, path, "");
}

int setting_at_end_unload(const char *module)
{
        return add(UNLOAD, module, "");
}

int setting_at_end_online(const char *path)
{
        return add(ONLINE, path, "online_movable");
}

int setting_at_end_unpoison(uint64_t pfn)
{
        char value[32];

        (void) snprintf(value, sizeof(value), "0x%" PRIx64, pfn);
        return add(UNPOISON_PFN, UNPOISON, value);
}

int setting_load(const char *module)
{
        char path[128];
        int r;

        (void) snprintf(path, sizeof(path), "/sys/module/%s", module);
        if (attribute_exists(path))
                return 0;
        r = add(UNLOAD, module, "");
        if (r >= 0)
                r = command_quietly("modprobe", "-q", module);
        return r == 0 && attribute_exists(path) ? 0 : -ENOENT;
}

/* A page that was not poisoned in the end needs nothing. */
static int unpoison(const struct entry *entry)
{
        uint64_t pfn = strtoull(entry->value, NULL, 16);

        for (int i = 0; i < 20; i++) {
                if (!(page_flags(pfn) >> KPF_HWPOISON & 1))
                        return 0;
                (void) attribute_write(entry->path, entry->value);
                (void) usleep(i * 1000);
        }
        return -EBUSY;
}

static int unload(const char *module)
{
        char path[sizeof(list->entries->path) + sizeof("/sys/module/")];

        (void) snprintf(path, sizeof(path), "/sys/module/%s", module);
        for (int i = 0; i < 20 && attribute_exists(path); i++) {
                (void) command_quietly("rmmod", module, NULL);
                (void) usleep(i * 1000);
        }
        return attribute_exists(path) ? -EBUSY : 0;
}

/* A block that did not go offline needs nothing. */
static int online(const struct entry *entry)
{
        char state[16];

        if (attribute_read(entry->path, state, sizeof(state)) >= 0 && strcmp(state, "online") == 0)
                return 0;
        return attribute_write(entry->path, entry->value);
}

/* What is so already, or has gone with what it was of, needs nothing. */
static int write_back(const struct entry *entry)
{
        char value[sizeof(entry->value)];
        int r;

        r = attribute_write(entry->path, entry->value);
        if (r >= 0 || !attribute_exists(entry->path))
                return 0;
        return attribute_read(entry->path, value, sizeof(value)) >= 0 && strcmp(value, entry->value) == 0
                       ? 0
                       : r;
}

static int put_back(const struct entry *entry)
{
        switch ((enum kind) entry->kind) {
        case WRITE:
                return write_back(entry);
        case SWAPOFF:
                return swapoff(entry->path) < 0 && errno != EINVAL && errno != ENOENT ? -errno : 0;
        case UNLOAD:
                return unload(entry->path);
        case UNPOISON_PFN:
                return unpoison(entry);
        case ONLINE:
                return online(entry);
        }
        return 0;
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
                list->entries[i - 1].failed = put_back(&list->entries[i - 1]) < 0;
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
        static char text[sizeof(struct entry) + 32];
        static const char *const how[] = {
                [WRITE] = "write",        [SWAPOFF] = "swapoff", [UNLOAD] = "rmmod",
                [UNPOISON_PFN] = "write", [ONLINE] = "write",
        };
        const struct entry *entry;

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
