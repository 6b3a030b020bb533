/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/file.h"
#include "daemon/policy/config.h"
#include "daemon/policy/files.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define ETC "etc/memctl/memctl.conf.d/"
#define ALL "Compaction"
#define USR "usr/lib/memctl/memctl.conf.d/"

static int read_files(const char *root, struct compaction_config *config, char **message)
{
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), r;

        r = policy_files_read(fd, &compaction_kind, config, message);
        (void) close(fd);
        return r;
}

static int set(const char *root, const struct policy_value *values, size_t n,
               struct compaction_config *config, char **message)
{
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), r;

        r = policy_files_set(fd, &compaction_kind, values, n, config, message);
        (void) close(fd);
        return r;
}

static void assert_own(const char *root, const char *text)
{
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        char *is = file_read(fd, POLICY_FILES_OWN, 4096, NULL);

        if (text)
                assert_string_equal(is, text);
        else
                assert_null(is);
        free(is);
        (void) close(fd);
}

static void test_which_wins(void **state)
{
        struct compaction_config config;
        char *root = tree_make(), *message = NULL;

        (void) state;

        assert_int_equal(read_files(root, &config, &message), 0); /* there are none */
        assert_false(config.all.enabled);

        tree_text(root, "etc/memctl/memctl.conf", "[Compaction]\nEnabled=yes\nFree=1\nOrder=1\nCPU=1%\n");
        tree_text(root, USR "10-a.conf", "[Compaction]\nFree=2\nOrder=2\nCPU=2%\n");
        tree_text(root, ETC "20-b.conf", "[Compaction]\nOrder=3\nCPU=3%\n");
        tree_text(root, USR "30-c.conf", "[Compaction]\nCPU=4%\n");
        tree_text(root, ETC "40-d.conf.bak", "nothing of a configuration");
        tree_text(root, ETC ".40-d.conf", "nothing of a configuration");
        assert_int_equal(read_files(root, &config, &message), 0);
        assert_true(config.all.enabled);
        assert_int_equal(config.all.pieces, 2);
        assert_int_equal(config.all.order, 3);
        assert_int_equal(config.cpu, 40);

        tree_text(root, ETC "30-c.conf", "# in place of that of the package\n");
        assert_int_equal(read_files(root, &config, &message), 0);
        assert_int_equal(config.cpu, 30);
        tree_remove(root);
}

static void test_faults(void **state)
{
        struct compaction_config config, before;
        char *root = tree_make(), *message = NULL;

        (void) state;

        compaction_config_init(&config);
        before = config;
        tree_text(root, "etc/memctl/memctl.conf", "[Compaction]\nEnabled=yes\n");
        tree_text(root, ETC "20-b.conf", "[Compaction]\n\nOrder=99\n");
        assert_int_equal(read_files(root, &config, &message), -EINVAL);
        assert_says(&message, "/etc/memctl/memctl.conf.d/20-b.conf:3: \"99\": accepted is an order");
        assert_true(compaction_config_same(&config, &before));

        tree_text(root, ETC "20-b.conf", "[Compaction 1]\n[Compaction 4]\n");
        tree_text(root, "sys/devices/system/node/possible", "0-1,3\n");
        assert_int_equal(read_files(root, &config, &message), -EINVAL);
        assert_says(&message, "20-b.conf:2: \"Compaction 4\": accepted is a node of this machine, up to 3");
        tree_unlink(root, ETC "20-b.conf");
        tree_fifo(root, ETC "20-b.conf");
        assert_true(read_files(root, &config, &message) < 0);
        assert_says(&message, "20-b.conf: it is no regular file");
        tree_unlink(root, ETC "20-b.conf");
        for (int i = 0; i < 65; i++) {
                char path[80];

                (void) snprintf(path, sizeof(path), ETC "%d.conf", i);
                tree_text(root, path, "");
        }
        assert_int_equal(read_files(root, &config, &message), -E2BIG);
        assert_says(&message, "accepted are 64 files at most");
        tree_remove(root);
}

static void test_set(void **state)
{
        static const struct policy_value values[] = { { ALL, "Enabled", "yes" },
                                                      { ALL, "Free", "7" },
                                                      { "Compaction 1", "Order", "4" } };
        struct compaction_config config;
        char *root = tree_make(), *message = NULL;

        (void) state;

        tree_text(root, "etc/memctl/memctl.conf", "[Compaction]\nFree=3\nCPU=2%\n");
        assert_int_equal(set(root, values, 3, &config, &message), 0);
        assert_own(root, "# Written by memctl compact policy set, and memctl policy online "
                         "set.\n[Compaction]\nEnabled=yes\nFree=7\n"
                         "[Compaction 1]\nOrder=4\n");
        assert_true(config.all.enabled);
        assert_int_equal(config.all.pieces, 7);
        assert_int_equal(config.cpu, 20);
        assert_int_equal(compaction_config_of_node(&config, 1)->order, 4);

        assert_int_equal(set(root, &(struct policy_value){ ALL, "Free", NULL }, 1, &config, &message), 0);
        assert_int_equal(config.all.pieces, 3);

        /* what is wrong changes nothing, nor does what is right where another file is wrong */
        assert_int_equal(set(root, &(struct policy_value){ ALL, "Free", "0" }, 1, &config, &message),
                         -EINVAL);
        assert_says(&message, "50-memctl-set.conf:4: \"0\": accepted is a number of pieces");
        assert_int_equal(set(root, &(struct policy_value){ ALL, "Fee", "1" }, 1, &config, &message),
                         -EINVAL);
        assert_says(&message, "\"Fee\": accepted is Enabled, Order");
        assert_int_equal(
                set(root, &(struct policy_value){ "Compaction 1", "CPU", "1%" }, 1, &config, &message),
                -EINVAL);
        assert_says(&message, "of one node");
        /* another kind's fault is none of this one's */
        tree_text(root, ETC "80-y.conf", "[Online]\nZone=nowhere\n[Online a]\nx=y\n[Compaction]\nCPU=3%\n");
        assert_int_equal(read_files(root, &config, &message), 0);
        assert_int_equal(config.cpu, 30);
        tree_text(root, ETC "80-y.conf", "[Onlinee]\n");
        assert_int_equal(read_files(root, &config, &message), -EINVAL);
        assert_says(&message, "80-y.conf:1: \"Onlinee\": accepted is [Compaction]");
        tree_unlink(root, ETC "80-y.conf");
        tree_text(root, ETC "90-z.conf", "[Compaction]\nCPU=x\n");
        assert_int_equal(set(root, values, 3, &config, &message), -EINVAL);
        assert_says(&message, "90-z.conf:2");
        assert_own(root, "# Written by memctl compact policy set, and memctl policy online "
                         "set.\n[Compaction]\nEnabled=yes\n"
                         "[Compaction 1]\nOrder=4\n");
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_which_wins),
                cmocka_unit_test(test_faults),
                cmocka_unit_test(test_set),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
