/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "boot_tree.h"

#include "basic/cleanup.h"
#include "says.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_MAX ((size_t) 1024 * 1024)

static int run(const char *program, void *userdata, char **message)
{
        struct boot_tree *tree = userdata;

        (void) program;

        tree->runs++;
        if (tree->merged > 0) {
                tree->merged--;
                return 0;
        }
        if (tree->error < 0)
                *message = strdup("the program said no");
        if (tree->error < 0 && !tree->fails_late)
                return tree->error;
        if (tree->made && tree->copied) {
                struct config_file file;

                assert_int_equal(config_file_read(tree->fd, tree->copied, TEXT_MAX, &file, message), 0);
                tree_text(tree->root, tree->made, file.there ? file.data : "");
                config_file_clear(&file);
        } else if (tree->made)
                tree_text(tree->root, tree->made, tree->made_text);
        return tree->error;
}

void boot_tree_make(struct boot_tree *tree)
{
        *tree = (struct boot_tree){ .root = tree_make() };
        tree->runner = (struct boot_runner){ run, tree };
        tree->fd = open(tree->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_true(tree->fd >= 0);
        tree_text(tree->root, "proc/sys/kernel/random/boot_id", "12345678-1234-1234-1234-123456789abc\n");
}

void boot_tree_remove(struct boot_tree *tree)
{
        close(tree->fd);
        tree_remove(tree->root);
}

void assert_file(const struct boot_tree *tree, const char *path, const char *text)
{
        struct config_file file;
        char *message = NULL;

        assert_int_equal(config_file_read(tree->fd, path, TEXT_MAX, &file, &message), 0);
        assert_int_equal(file.there, text != NULL);
        if (text) {
                assert_int_equal(file.size, strlen(text));
                assert_string_equal(file.data, text);
        }
        config_file_clear(&file);
}

static void check(int r, int result, char *message, const char *says)
{
        assert_int_equal(r, result);
        if (says)
                assert_says(&message, says);
        else
                assert_null(message);
}

void assert_apply(struct boot_tree *tree, const char *parameters, int result, const char *says)
{
        char *message = NULL;
        int r = boot_apply(tree->fd, BOOT_SHARE_CMA, parameters, 1, &tree->runner, &message);

        check(r, result, message, says);
}

void assert_revert(struct boot_tree *tree, int result, const char *says)
{
        char *message = NULL;
        int r = boot_revert(tree->fd, BOOT_SHARE_CMA, &tree->runner, &message);

        check(r, result, message, says);
}
