/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/config.h"
#include "says.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int parse(const char *text, struct compaction_config *config, char **message)
{
        return compaction_config_parse("a.conf", text, strlen(text), 99, config, message);
}

static void test_all_keys(void **state)
{
        struct compaction_config config;
        char *message = NULL, *text;

        (void) state;

        compaction_config_init(&config);
        assert_false(config.all.enabled);
        assert_int_equal(parse("# by hand\n\n[Compaction]\n Enabled = yes\nOrder=4\nFree=2.5%\nCPU=0.5%\n"
                               "Quiet=22:00-06:00 12:00-13:30\nProactiveness=0\nDefragMode=yes\n[Compaction "
                               "3]\nFree=7\n[Compaction 1]\nEnabled=no\n",
                               &config, &message),
                         0);
        assert_true(config.all.enabled);
        assert_int_equal(config.all.order, 4);
        assert_int_equal(config.all.share, 25);
        assert_int_equal(config.cpu, 5);
        assert_int_equal(config.vm[VM_PROACTIVENESS], 0);
        assert_int_equal(config.vm[VM_DEFRAG_MODE], 1);
        assert_int_equal(config.n_nodes, 2);
        assert_int_equal(config.nodes[0].node, 1);
        assert_false(config.nodes[0].enabled);
        assert_int_equal(config.nodes[1].pieces, 7);
        assert_int_equal(config.nodes[1].order, 4); /* as of all, from there on */
        assert_ptr_equal(compaction_config_of_node(&config, 3), &config.nodes[1]);
        assert_ptr_equal(compaction_config_of_node(&config, 0), &config.all);
        for (unsigned int minute = 0; minute < 1440; minute++)
                assert_int_equal(compaction_config_is_quiet(&config, minute),
                                 minute >= 1320 || minute < 360 || (minute >= 720 && minute < 810));

        /* what it says of itself reads as the same */
        text = compaction_config_text(&config);
        assert_non_null(text);
        compaction_config_init(&config);
        assert_int_equal(config.vm[VM_DEFRAG_MODE], VM_SETTING_NONE);
        assert_int_equal(parse(text, &config, &message), 0);
        assert_int_equal(config.vm[VM_PROACTIVENESS], 0);
        assert_int_equal(config.vm[VM_DEFRAG_MODE], 1);
        assert_int_equal(config.n_quiet, 2);
        assert_int_equal(config.nodes[1].pieces, 7);
        assert_int_equal(config.cpu, 5);
        free(text);
}

/* A drop-in goes on where the file before it has ended. */
static void test_over_another(void **state)
{
        struct compaction_config config;
        char *message = NULL;

        (void) state;

        compaction_config_init(&config);
        assert_int_equal(parse("[Compaction]\nEnabled=yes\nQuiet=01:00-02:00\n[Compaction 1]\nFree=7",
                               &config, &message),
                         0);
        assert_int_equal(parse("[Compaction 1]\nOrder=2\n[Compaction]\nQuiet=\n", &config, &message), 0);
        assert_true(config.all.enabled);
        assert_int_equal(config.n_quiet, 0);
        assert_int_equal(config.n_nodes, 1);
        assert_int_equal(config.nodes[0].pieces, 7);
        assert_int_equal(config.nodes[0].order, 2);
}

static void check_bad(const char *text, const char *says)
{
        struct compaction_config config, before;
        char *message = NULL;

        compaction_config_init(&config);
        before = config;
        assert_int_equal(parse(text, &config, &message), -EINVAL);
        assert_says(&message, says);
        assert_memory_equal(&config, &before, sizeof(config));
}

#define HEAD "[Compaction]\nEnabled=yes\n"

static void test_bad(void **state)
{
        char many[CONFIG_NODES_MAX * 24 + 64] = "";
        struct compaction_config config;
        char *message = NULL;

        (void) state;

        check_bad("Enabled=yes\n", "a.conf:1: \"Enabled\": accepted is [Compaction] before all else");
        check_bad("[compaction]\n", "a.conf:1: \"compaction\": accepted is [Compaction], or [Compaction N]");
        check_bad("[Compaction x]\n", "a.conf:1");
        check_bad("[Compaction 1", "a.conf:1: \"[Compaction 1\": accepted is KEY=VALUE");
        check_bad("[Compaction -1]\n", "accepted is [Compaction]");
        check_bad("[Compaction 99999]\n", "accepted is [Compaction]");
        check_bad("[Compaction]\n[Compaction 100]\n",
                  "a.conf:2: \"Compaction 100\": accepted is a node of this machine, up to 99");
        check_bad(HEAD "enabled=no\n",
                  "a.conf:3: \"enabled\": accepted is Enabled, Order, Free, CPU, Quiet,");
        check_bad(HEAD "Enabled=1\n", "a.conf:3: \"1\": accepted is yes or no");
        check_bad(HEAD "Order\n", "a.conf:3: \"Order\": accepted is KEY=VALUE, or a section");
        check_bad(HEAD "Order=32\n", "accepted is an order");
        check_bad(HEAD "Order=-1\n", "accepted is an order");
        check_bad(HEAD "Free=0\n", "accepted is a number of pieces");
        check_bad(HEAD "Free=0%\n", "accepted is a number of pieces");
        check_bad(HEAD "Free=0.0%\n", "accepted is a number of pieces");
        check_bad(HEAD "Free=51%\n", "accepted is a number of pieces");
        check_bad(HEAD "Free=5 %\n", "accepted is a number of pieces");
        check_bad(HEAD "Free=1.25%\n", "accepted is a number of pieces");
        check_bad(HEAD "Free=64M\n", "accepted is a number of pieces");
        check_bad(HEAD "Free=99999999999999999999\n", "accepted is a number of pieces");
        check_bad(HEAD "CPU=1\n", "accepted is a share of one CPU");
        check_bad(HEAD "CPU=100.1%\n", "accepted is a share of one CPU");
        check_bad(HEAD "Quiet=8:00-9:00\n", "accepted is times like");
        check_bad(HEAD "Quiet=08:00-08:00\n", "accepted is times like");
        check_bad(HEAD "Quiet=08:00-24:01\n", "accepted is times like");
        check_bad(HEAD "Quiet=08:60-09:00\n", "accepted is times like");
        check_bad(HEAD "Quiet=08:00-09:00,10:00-11:00\n", "accepted is times like");
        check_bad(HEAD "Proactiveness=101\n", "accepted is a number from 0 to 100, or nothing");
        check_bad(HEAD "Proactiveness=-1\n", "accepted is a number from 0 to 100, or nothing");
        check_bad(HEAD "DefragMode=1\n", "accepted is yes, no or nothing");
        check_bad("[Compaction 1]\nCPU=5%\n",
                  "a.conf:2: \"CPU\": accepted is Enabled, Order and Free, of one node");
        for (int i = 0; i <= CONFIG_NODES_MAX; i++)
                (void) snprintf(many + strlen(many), sizeof(many) - strlen(many), "[Compaction %d]\n", i);
        check_bad(many, "a.conf:65: \"Compaction 64\": accepted is at most 64 nodes");
        compaction_config_init(&config);
        assert_int_equal(compaction_config_parse("a.conf", "[Compaction]\nEnabled=yes\0\n", 26, 99, &config,
                                                 &message),
                         -EINVAL);
        assert_says(&message, "accepted is text, and there is a NUL");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_keys),
                cmocka_unit_test(test_over_another),
                cmocka_unit_test(test_bad),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
