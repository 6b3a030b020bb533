/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/snapshot_read.h"
#include "daemon/machine/tree.h"
#include "tree.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *tree_make(void)
{
        char *root = strdup("/tmp/memctl-test-XXXXXX");

        assert_non_null(root);
        assert_non_null(mkdtemp(root));
        return root;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void) st, (void) type, (void) ftw;

        return remove(path);
}

void tree_remove(char *root)
{
        assert_int_equal(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
        free(root);
}

static char *full_path(const char *root, const char *path)
{
        char *full;

        assert_true(asprintf(&full, "%s/%s", root, path) > 0);
        for (char *slash = strchr(full + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                (void) mkdir(full, 0755);
                *slash = '/';
        }
        return full;
}

void tree_bytes(const char *root, const char *path, const void *data, size_t size)
{
        char *full = full_path(root, path);
        FILE *f = fopen(full, "we");

        assert_non_null(f);
        assert_int_equal(fwrite(data, 1, size, f), size);
        assert_int_equal(fclose(f), 0);
        free(full);
}

void tree_text(const char *root, const char *path, const char *text)
{
        tree_bytes(root, path, text, strlen(text));
}

void tree_link(const char *root, const char *path, const char *target)
{
        char *full = full_path(root, path);

        assert_int_equal(symlink(target, full), 0);
        free(full);
}

void tree_fifo(const char *root, const char *path)
{
        char *full = full_path(root, path);

        assert_int_equal(mkfifo(full, 0644), 0);
        free(full);
}

void tree_folder(const char *root, const char *path)
{
        char *full = full_path(root, path);

        assert_int_equal(mkdir(full, 0755), 0);
        free(full);
}

void tree_unlink(const char *root, const char *path)
{
        char *full = full_path(root, path);

        assert_int_equal(unlink(full), 0);
        free(full);
}

static void attribute(const char *root, uint32_t number, const char *name, const char *value)
{
        char path[128], text[128];

        if (!value)
                return;
        (void) snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/%s", number, name);
        (void) snprintf(text, sizeof(text), "%s\n", value);
        tree_text(root, path, text);
}

void tree_block(const char *root, uint32_t number, const char *state, const char *zones,
                const char *removable)
{
        char path[128];

        (void) snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/power/", number);
        free(full_path(root, path));
        attribute(root, number, "state", state);
        attribute(root, number, "valid_zones", zones);
        attribute(root, number, "removable", removable);
}

struct snapshot *tree_snapshot(const char *root)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct snapshot *snapshot = NULL;
        char *message = NULL;

        assert_int_equal(tree_open(root, &tree, &message), 0);
        assert_int_equal(snapshot_read(tree, &snapshot, &message), 0);
        assert_null(message);
        return snapshot;
}
