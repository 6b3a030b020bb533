/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/change.h"

#include "basic/message.h"

#include <errno.h>
#include <string.h>

void boot_change_clear(struct boot_change *change)
{
        for (size_t i = 0; i < change->n; i++) {
                config_file_clear(&change->files[i].before);
                config_file_clear(&change->files[i].after);
        }
        *change = (struct boot_change){ 0 };
}

int boot_change_add(struct boot_change *change, const char *path, struct config_file *before,
                    const char *data, size_t size)
{
        struct boot_change_file *file = &change->files[change->n];
        struct config_file after = {
                .there = true,
                .size = size,
                .mode = before->there ? before->mode : 0644,
                .uid = before->there ? before->uid : geteuid(),
                .gid = before->there ? before->gid : getegid(),
        };

        if (change->n == BOOT_CHANGE_FILES_MAX || strlen(path) >= sizeof(file->path))
                return -E2BIG;
        if (size >= CONFIG_FILE_MAX)
                return -EFBIG;
        after.data = malloc(size + 1);
        if (!after.data)
                return -ENOMEM;
        memcpy(after.data, data, size);
        after.data[size] = '\0';
        if (config_file_same(before, &after)) {
                free(after.data);
                config_file_clear(before);
                return 0;
        }
        (void) strcpy(file->path, path);
        file->before = *before;
        file->after = after;
        *before = (struct config_file){ 0 };
        change->n++;
        return 0;
}

int boot_change_check(int root_fd, const struct boot_change *change, bool after, char **message)
{
        for (size_t i = 0; i < change->n; i++) {
                const struct boot_change_file *file = &change->files[i];
                _cleanup_(config_file_clear) struct config_file now = { 0 };
                int r = config_file_read(root_fd, file->path, CONFIG_FILE_MAX, &now, message);

                if (r < 0)
                        return r;
                if (!config_file_same(&now, after ? &file->after : &file->before))
                        return fail(message, -ESTALE, "/%s: %s since memctl %s it", file->path,
                                    now.there ? "it was changed" : "it was removed",
                                    after ? "wrote" : "read");
        }
        return 0;
}

int boot_change_write(int root_fd, struct boot_change *change, char **message)
{
        int r = 0;

        for (size_t i = 0; i < change->n; i++) {
                struct boot_change_file *file = &change->files[i];

                if (r >= 0 && !file->left)
                        r = config_file_write(root_fd, file->path, &file->before, &file->after, message);
                file->left = r < 0;
        }
        return r;
}

int boot_change_undo(int root_fd, struct boot_change *change, char **message)
{
        int result = 0;

        for (size_t i = change->n; i > 0; i--) {
                struct boot_change_file *file = &change->files[i - 1];
                _cleanup_(config_file_clear) struct config_file now = { 0 };
                _cleanup_free_ char *why = NULL;
                int r;

                config_file_tidy(root_fd, file->path);
                if (file->left)
                        continue;
                r = config_file_read(root_fd, file->path, CONFIG_FILE_MAX, &now, &why);
                if (r >= 0 && config_file_same(&now, &file->before))
                        continue;
                if (r >= 0)
                        r = config_file_write(root_fd, file->path, &file->after, &file->before, &why);
                file->left = r < 0;
                if (r < 0 && result >= 0) {
                        result = r;
                        *message = TAKE_PTR(why);
                }
        }
        return result;
}
