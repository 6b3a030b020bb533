/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/setting.h"

#include "daemon/boot/change.h"
#include "daemon/core/config_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool makes(int root_fd, const char *path, const struct boot_setting *setting)
{
        _cleanup_(config_file_clear) struct config_file file = { 0 };
        _cleanup_free_ char *message = NULL;
        char *save = NULL;

        if (config_file_read(root_fd, path, CONFIG_FILE_MAX, &file, &message) < 0 || !file.there)
                return false;
        /* a shell reads on behind these */
        for (size_t i = 0; i < file.size; i++)
                if (file.data[i] == '\0')
                        file.data[i] = '\n';
        for (char *line = strtok_r(file.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
                if (strncmp(line + strspn(line, " \t"), setting->variable, strlen(setting->variable)) == 0 &&
                    strstr(line, setting->text))
                        return true;
        return false;
}

static bool is_read(const char *name, const char *suffix)
{
        size_t n = strlen(name), n_suffix = strlen(suffix);

        return name[0] != '.' && n > n_suffix && strcmp(name + n - n_suffix, suffix) == 0;
}

bool boot_setting_is_made(int root_fd, const struct boot_setting *setting)
{
        int fd = config_folder_open(root_fd, setting->folder);
        _cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
        const struct dirent *entry;
        char path[BOOT_PATH_MAX];

        if (makes(root_fd, setting->file, setting))
                return true;
        while (dir && (entry = readdir(dir)))
                if (is_read(entry->d_name, setting->suffix) &&
                    snprintf(path, sizeof(path), "%s/%s", setting->folder, entry->d_name) <
                            (int) sizeof(path) &&
                    strcmp(path, setting->ours) != 0 && makes(root_fd, path, setting))
                        return true;
        return false;
}
