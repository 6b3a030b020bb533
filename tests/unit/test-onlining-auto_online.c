/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/attr.h"
#include "daemon/core/config_file.h"
#include "daemon/onlining/auto_online.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <string.h>

#define SETTING "sys/devices/system/memory/auto_online_blocks"
#define KEPT    "run/memctl/auto-online-blocks"

static struct tree *make(char **root)
{
        char *message = NULL;
        struct tree *tree;

        *root = tree_make();
        tree_text(*root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        tree_text(*root, SETTING, "online\n");
        assert_int_equal(tree_open(*root, &tree, &message), 0);
        return tree;
}

/* A file keeps what was there behind what is written; sysfs does not. */
static void assert_is(const struct tree *tree, const char *begins)
{
        char text[64];

        assert_true(attr_read(tree->root_fd, SETTING, text, sizeof(text)) > 0);
        assert_memory_equal(text, begins, strlen(begins));
}

static void set(const char *root, const char *text)
{
        tree_unlink(root, SETTING);
        tree_text(root, SETTING, text);
}

static void test_set_and_put_back(void **state)
{
        char *root, *message = NULL;
        struct tree *tree = make(&root);

        (void) state;

        assert_int_equal(auto_online_apply(tree, "", &message), 0); /* it is not asked for */
        assert_is(tree, "online");
        assert_false(config_file_exists(tree->root_fd, KEPT));
        assert_int_equal(auto_online_apply(tree, "online", &message), 0); /* it is so already */
        assert_false(config_file_exists(tree->root_fd, KEPT));

        assert_int_equal(auto_online_apply(tree, "offline", &message), 0);
        assert_is(tree, "offline");
        set(root, "offline\n");
        assert_true(config_file_exists(tree->root_fd, KEPT));
        assert_int_equal(auto_online_apply(tree, "online_kernel", &message), 0); /* another one of ours */
        assert_is(tree, "online_kernel");
        set(root, "online_kernel\n");
        assert_int_equal(auto_online_apply(tree, "", &message), 0);
        assert_is(tree, "online");
        assert_false(config_file_exists(tree->root_fd, KEPT));
        tree_close(tree);
        tree_remove(root);
}

static void test_nobody_is_fought(void **state)
{
        char *root, *message = NULL;
        struct tree *tree = make(&root);

        (void) state;

        set(root, "offline\n");
        assert_int_equal(auto_online_apply(tree, "online", &message), 0);
        set(root, "online_movable\n");
        assert_int_equal(auto_online_apply(tree, "online", &message), -EPERM);
        assert_says(&message,
                    "somebody has set it to online_movable since memctl set it to online; left to him");
        assert_is(tree, "online_movable");
        assert_int_equal(auto_online_apply(tree, "", &message), 0); /* nor is his taken back */
        assert_is(tree, "online_movable");
        tree_unlink(root, SETTING);
        assert_int_equal(auto_online_apply(tree, "offline", &message), -EOPNOTSUPP);
        assert_says(&message, "this kernel has no such setting");
        assert_int_equal(auto_online_apply(tree, "", &message), 0);
        tree_close(tree);
        tree_remove(root);
}

static void test_memmap(void **state)
{
        static const char *const words[][2] = { { "Y\n", "yes" },
                                                { "N\n", "no" },
                                                { "force\n", "force" },
                                                { "1\n", "yes" },
                                                { "purple\n", "" } };
        char *root, now[ONLINE_WORD_MAX];
        struct tree *tree = make(&root);

        (void) state;

        memmap_read(tree, now);
        assert_string_equal(now, "");
        for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                tree_text(root, "sys/module/memory_hotplug/parameters/memmap_on_memory", words[i][0]);
                memmap_read(tree, now);
                assert_string_equal(now, words[i][1]);
                tree_unlink(root, "sys/module/memory_hotplug/parameters/memmap_on_memory");
        }
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_set_and_put_back),
                cmocka_unit_test(test_nobody_is_fought),
                cmocka_unit_test(test_memmap),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
