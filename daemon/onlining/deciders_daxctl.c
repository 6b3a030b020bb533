/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * daxctl, which makes memory of a DAX device as its configuration says, and brings it online: a rule of udev
 * starts a service for each device (daxctl-reconfigure-device(1)).
 */
#include "daemon/onlining/deciders_daxctl.h"

#include "basic/file.h"
#include "daemon/core/config_file.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "etc/daxctl.conf.d"
#define RUNS   "run/udev/control"

static const char *const rules[] = { "usr/lib/udev/rules.d/90-daxctl-device.rules",
                                     "lib/udev/rules.d/90-daxctl-device.rules" };

/* What stands behind "KEY =", without blanks around it; NULL: the line has another key. */
static const char *value_of(char *line, const char *key)
{
        char *value;

        line += strspn(line, " \t");
        if (strncmp(line, key, strlen(key)) != 0)
                return NULL;
        line += strlen(key);
        line += strspn(line, " \t");
        if (*line != '=')
                return NULL;
        value = line + 1 + strspn(line + 1, " \t\"");
        value[strcspn(value, " \t\"\r#;")] = '\0';
        return value;
}

/* A section begins, or the text ends: whether the one before makes memory and brings it online. */
struct section {
        bool reconfigures, other_mode, stays_offline;
};

static bool is_online(const struct section *section)
{
        return section->reconfigures && !section->other_mode && !section->stays_offline;
}

static bool text_is_online(char *text)
{
        struct section section = { 0 };
        bool online = false;
        char *save = NULL;

        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                char copy[256];
                const char *value;

                line += strspn(line, " \t");
                if (*line == '[') {
                        online |= is_online(&section);
                        section = (struct section){
                                .reconfigures = strncmp(line + 1, "reconfigure-device",
                                                        strlen("reconfigure-device")) == 0,
                        };
                        continue;
                }
                (void) snprintf(copy, sizeof(copy), "%s", line);
                value = value_of(copy, "mode");
                if (value)
                        section.other_mode = strcmp(value, "system-ram") != 0;
                (void) snprintf(copy, sizeof(copy), "%s", line);
                value = value_of(copy, "online");
                if (value)
                        section.stays_offline = strcmp(value, "false") == 0 || strcmp(value, "no") == 0 ||
                                                strcmp(value, "0") == 0;
        }
        return online || is_online(&section);
}

static void judge(const struct tree *tree, const char *name, struct deciders *deciders)
{
        bool runs =
                config_file_exists(tree->root_fd, RUNS) &&
                (config_file_exists(tree->root_fd, rules[0]) || config_file_exists(tree->root_fd, rules[1]));
        _cleanup_close_ int fd = -1;
        _cleanup_free_ char *text = NULL;
        struct decider *decider;
        char path[320];

        (void) snprintf(path, sizeof(path), FOLDER "/%.255s", name);
        fd = config_file_open(tree->root_fd, path);
        text = fd >= 0 ? file_read_fd(fd, CONFIG_FILE_MAX, NULL) : NULL;
        if (!text || !text_is_online(text))
                return;
        decider = deciders_add(deciders, DECIDER_DAXCTL);
        decider->acts = runs;
        (void) snprintf(decider->driver, sizeof(decider->driver), "kmem");
        (void) snprintf(decider->source, sizeof(decider->source), "/%s", path);
        (void) snprintf(decider->does, sizeof(decider->does), "brings memory of DAX devices online%s",
                        runs ? "" : "; but nothing starts it");
}

void deciders_add_daxctl(const struct tree *tree, struct deciders *deciders)
{
        int fd = config_folder_open(tree->root_fd, FOLDER);
        _cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
        const struct dirent *entry;

        while (dir && (entry = readdir(dir))) {
                size_t n = strlen(entry->d_name);

                if (n > strlen(".conf") && strcmp(entry->d_name + n - strlen(".conf"), ".conf") == 0)
                        judge(tree, entry->d_name, deciders);
        }
}
