/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udev's rules that bring new memory online, as Red Hat's 40-redhat.rules, SUSE's 80-hotplug-cpu-mem.rules
 * and Ubuntu's 40-vm-hotadd.rules do.
 */
#include "daemon/onlining/deciders_udev.h"

#include "basic/attr.h"
#include "basic/file.h"
#include "daemon/core/config_file.h"
#include "daemon/onlining/udev_rules.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* A file in one takes the place of those of the same name in the next ones, udev(7). */
static const char *const folders[] = { "etc/udev/rules.d", "run/udev/rules.d", "usr/local/lib/udev/rules.d",
                                       "usr/lib/udev/rules.d", "lib/udev/rules.d" };

#define RUNS "run/udev/control"

#define FILES_MAX  512
#define NAME_BYTES 128

struct rules_files {
        size_t n;
        struct {
                char name[NAME_BYTES];
                const char *folder;
        } items[FILES_MAX]; /* by name */
};

static bool is_rules(const char *name)
{
        size_t n = strlen(name);

        return name[0] != '.' && n < NAME_BYTES && n > strlen(".rules") &&
               strcmp(name + n - strlen(".rules"), ".rules") == 0;
}

static void add(struct rules_files *files, const char *folder, const char *name)
{
        size_t i = 0;

        while (i < files->n && strcmp(files->items[i].name, name) < 0)
                i++;
        if (files->n == FILES_MAX || (i < files->n && strcmp(files->items[i].name, name) == 0))
                return; /* one of a folder before */
        memmove(&files->items[i + 1], &files->items[i], (files->n - i) * sizeof(files->items[0]));
        files->n++;
        (void) snprintf(files->items[i].name, sizeof(files->items[i].name), "%s", name);
        files->items[i].folder = folder;
}

static void list(const struct tree *tree, const char *folder, struct rules_files *files)
{
        int fd = config_folder_open(tree->root_fd, folder);
        _cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
        const struct dirent *entry;

        while (dir && (entry = readdir(dir)))
                if (is_rules(entry->d_name))
                        add(files, folder, entry->d_name);
}

static bool read_attribute(void *userdata, const char *path, char *buf, size_t size)
{
        const struct tree *tree = userdata;
        char whole[192];

        /* class/dmi/id is a link, as all there are */
        return !strstr(path, "..") &&
               snprintf(whole, sizeof(whole), "sys/class/%s", path) < (int) sizeof(whole) &&
               attr_read(tree->root_fd, whole, buf, size) >= 0;
}

static void judge(const struct tree *tree, const char *path, bool runs, struct deciders *deciders)
{
        const struct udev_machine machine = { read_attribute, (void *) tree };
        _cleanup_close_ int fd = config_file_open(tree->root_fd, path);
        _cleanup_free_ char *text = fd >= 0 ? file_read_fd(fd, CONFIG_FILE_MAX, NULL) : NULL;
        struct udev_rule_found found;
        struct decider *decider;

        if (!text || !udev_rules_online(text, strlen(text), &machine, &found))
                return;
        decider = deciders_add(deciders, DECIDER_UDEV);
        decider->acts = runs;
        (void) snprintf(decider->source, sizeof(decider->source), "/%s:%u", path, found.line);
        (void) snprintf(decider->does, sizeof(decider->does), "brings new blocks online: %s%s", found.sets,
                        runs ? "" : "; but udev does not run");
}

void deciders_add_udev(const struct tree *tree, struct deciders *deciders)
{
        _cleanup_free_ struct rules_files *files = calloc(1, sizeof(*files));
        bool runs = config_file_exists(tree->root_fd, RUNS);
        char path[192];

        for (size_t i = 0; files && i < ELEMENTSOF(folders); i++)
                list(tree, folders[i], files);
        for (size_t i = 0; files && i < files->n; i++) {
                (void) snprintf(path, sizeof(path), "%s/%s", files->items[i].folder, files->items[i].name);
                judge(tree, path, runs, deciders);
        }
}
