/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/files.h"

#include "basic/attr.h"
#include "basic/conf_edit.h"
#include "basic/message.h"
#include "basic/number.h"
#include "daemon/core/config_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAIN_FILE "etc/memctl/memctl.conf"

/* The later one wins. */
static const char *const folders[] = { "usr/lib/memctl/memctl.conf.d", "etc/memctl/memctl.conf.d" };

#define FILES_MAX 64

#define PATH_LONGEST 512

/* The drop-ins, by name. */
struct drop_ins {
        size_t n;
        struct {
                char name[256];
                const char *folder;
        } items[FILES_MAX];
};

/* A text that is read in place of the file of that path. */
struct instead {
        const char *path, *text;
};

/* The highest number that a node may have: the last one of "0-3,8". */
static int read_node_max(int root_fd)
{
        char text[ATTR_MAX];
        const char *last;
        uint32_t number;

        if (attr_read(root_fd, "sys/devices/system/node/possible", text, sizeof(text)) < 0)
                return INT16_MAX;
        last = text + strlen(text);
        while (last > text && last[-1] >= '0' && last[-1] <= '9')
                last--;
        return parse_u32(last, 10, &number) < 0 || number > INT16_MAX ? INT16_MAX : (int) number;
}

static bool is_drop_in(const char *name)
{
        size_t n = strlen(name);

        return name[0] != '.' && n > strlen(".conf") && strcmp(name + n - strlen(".conf"), ".conf") == 0;
}

static int add(struct drop_ins *drop_ins, const char *folder, const char *name, char **message)
{
        size_t i = 0;

        while (i < drop_ins->n && strcmp(drop_ins->items[i].name, name) < 0)
                i++;
        if (i == drop_ins->n || strcmp(drop_ins->items[i].name, name) != 0) {
                if (drop_ins->n == FILES_MAX)
                        return fail(message, -E2BIG, "/%s: accepted are %d files at most", folder,
                                    FILES_MAX);
                memmove(&drop_ins->items[i + 1], &drop_ins->items[i],
                        (drop_ins->n - i) * sizeof(drop_ins->items[0]));
                drop_ins->n++;
                (void) snprintf(drop_ins->items[i].name, sizeof(drop_ins->items[i].name), "%s", name);
        }
        drop_ins->items[i].folder = folder;
        return 0;
}

static int list(int root_fd, const char *folder, struct drop_ins *drop_ins, char **message)
{
        int fd = config_folder_open(root_fd, folder), r = 0;
        const struct dirent *entry;
        DIR *dir;

        if (fd == -ENOENT || fd == -ENOTDIR)
                return 0;
        dir = fd < 0 ? NULL : fdopendir(fd);
        if (!dir) {
                r = fd < 0 ? fd : -errno;
                if (fd >= 0)
                        (void) close(fd);
                return fail(message, r, "/%s: %s", folder, strerror(-r));
        }
        while (r >= 0 && (entry = readdir(dir)))
                if (is_drop_in(entry->d_name))
                        r = add(drop_ins, folder, entry->d_name, message);
        (void) closedir(dir);
        return r;
}

/* Whose sections are read, and into what. */
struct reading {
        const struct policy_kind *kind;
        void *config;
};

static int take_text(const char *path, const char *text, size_t size, int node_max,
                     const struct reading *reading, char **message)
{
        char name[PATH_LONGEST + 1];

        (void) snprintf(name, sizeof(name), "/%s", path);
        return reading->kind->parse(name, text, size, node_max, reading->config, message);
}

static int take_file(int root_fd, const char *path, const struct instead *instead,
                     const struct reading *reading, char **message)
{
        int node_max = read_node_max(root_fd);
        _cleanup_(config_file_clear) struct config_file file = { 0 };
        int r;

        if (instead && strcmp(path, instead->path) == 0)
                return take_text(path, instead->text, strlen(instead->text), node_max, reading, message);
        r = config_file_read(root_fd, path, CONFIG_FILE_MAX, &file, message);
        if (r < 0 || !file.there)
                return r;
        return take_text(path, file.data, file.size, node_max, reading, message);
}

static int read_files(int root_fd, const struct instead *instead, const struct reading *reading,
                      char **message)
{
        struct drop_ins drop_ins = { 0 };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(folders); i++)
                r = list(root_fd, folders[i], &drop_ins, message);
        if (r >= 0 && instead)
                r = add(&drop_ins, folders[1], strrchr(instead->path, '/') + 1, message);
        if (r >= 0)
                r = take_file(root_fd, MAIN_FILE, NULL, reading, message);
        for (size_t i = 0; r >= 0 && i < drop_ins.n; i++) {
                char path[PATH_LONGEST];

                (void) snprintf(path, sizeof(path), "%s/%s", drop_ins.items[i].folder,
                                drop_ins.items[i].name);
                r = take_file(root_fd, path, instead, reading, message);
        }
        return r;
}

/* Into a configuration of its own, which is config only if all is right. */
static int read_all(int root_fd, const struct policy_kind *kind, const struct instead *instead, void *config,
                    char **message)
{
        _cleanup_free_ void *own = malloc(kind->size);
        int r;

        if (!own)
                return -ENOMEM;
        kind->init(own);
        r = read_files(root_fd, instead, &(struct reading){ kind, own }, message);
        if (r >= 0)
                memcpy(config, own, kind->size);
        return r;
}

int policy_files_read(int root_fd, const struct policy_kind *kind, void *config, char **message)
{
        return read_all(root_fd, kind, NULL, config, message);
}

/* The text with the values in it; to be freed, or NULL. */
static char *edit(const char *text, const struct policy_value *values, size_t n)
{
        char *edited = strdup(text);

        for (size_t i = 0; edited && i < n; i++) {
                char *before = edited;

                edited = conf_edit(before, values[i].section, values[i].key, values[i].value);
                free(before);
        }
        return edited;
}

int policy_files_set(int root_fd, const struct policy_kind *kind, const struct policy_value *values,
                     size_t n, void *config, char **message)
{
        static const char heading[] =
                "# Written by memctl compact policy set, and memctl policy online set.\n";
        _cleanup_(config_file_clear) struct config_file before = { 0 };
        struct config_file after = { .there = true, .mode = 0644 };
        _cleanup_close_ int lock = config_folder_lock(root_fd, "etc/memctl");
        _cleanup_free_ char *text = NULL;
        _cleanup_free_ void *own = malloc(kind->size);
        int r;

        if (!own)
                return -ENOMEM;
        if (lock < 0)
                return fail(message, lock, "/etc/memctl: %s", strerror(-lock));
        r = config_file_read(root_fd, POLICY_FILES_OWN, CONFIG_FILE_MAX, &before, message);
        if (r >= 0 && before.there && strlen(before.data) < before.size)
                r = fail(message, -EINVAL, "/" POLICY_FILES_OWN ": accepted is text, and there is a NUL");
        if (r < 0)
                return r;
        text = edit(before.there ? before.data : heading, values, n);
        if (!text)
                return -ENOMEM;
        r = read_all(root_fd, kind, &(struct instead){ POLICY_FILES_OWN, text }, own, message);
        if (r < 0)
                return r;
        after.data = text;
        after.size = strlen(text);
        r = config_file_write(root_fd, POLICY_FILES_OWN, &before, &after, message);
        if (r >= 0)
                memcpy(config, own, kind->size);
        return r;
}
