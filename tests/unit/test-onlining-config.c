/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/config.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "/etc/memctl/memctl.conf"

static int parse(const char *text, struct online_config *config, char **message)
{
        return online_config_parse(FILE_NAME, text, strlen(text), 3, config, message);
}

static void assert_text(const struct online_config *config, const char *text)
{
        char *is = online_config_text(config);

        assert_string_equal(is, text);
        free(is);
}

#define NONE "[Online]\nEnabled=no\nZone=movable\nMovableRatio=301%\nForce=no\n"

static void test_default(void **state)
{
        struct online_config config;
        char *message = NULL;

        (void) state;

        online_config_init(&config);
        assert_text(&config, NONE);
        assert_int_equal(parse("", &config, &message), 0);
        assert_int_equal(parse("[Compaction]\nEnabled=maybe\n[Compaction 1]\nx\n", &config, &message),
                         -EINVAL);
        assert_says(&message, FILE_NAME ":4: \"x\": accepted is KEY=VALUE");
        assert_int_equal(
                parse("# of others\n[Compaction]\nEnabled=maybe\n[Compaction 1]\n", &config, &message), 0);
        assert_text(&config, NONE);
}

static void test_all(void **state)
{
        static const char all[] =
                "[Online]\nEnabled=yes\nZone=kernel\nMovableRatio=none\nForce=yes\n"
                "AutoOnlineBlocks=online_movable\nMemmapOnMemory=force\n"
                "[Online a]\nNode=3\nDriver=dax0.*\nDimm=PNP0C80:0*\nSize=512M-1G\nZone=offline\n"
                "MovableRatio=50%\n"
                "[Online b.2]\nSize=128M-\nZone=movable\n[Online c_]\nSize=-4G\nMovableRatio=none\n"
                "[Online d]\nSize=1025\n";
        struct online_config config;
        char *message = NULL;

        (void) state;

        online_config_init(&config);
        assert_int_equal(parse(all, &config, &message), 0);
        assert_text(&config, all);
        assert_int_equal(config.n_rules, 4);
        assert_string_equal(config.rules[1].place, FILE_NAME ":15");
        assert_true(config.rules[0].size_min == 512 << 20 && config.rules[0].size_max == 1 << 30);

        /* a section goes on in a later file, in the place it has; nothing takes a value back */
        assert_int_equal(parse("[Online c_]\nZone=movable\n[Online a]\nNode=\nDriver=\nDimm=\nSize=\nZone=\n"
                               "[Online]\nAutoOnlineBlocks=\nMemmapOnMemory=\nZone=\nEnabled=no\nForce=no\n"
                               "MovableRatio=301%\n[Online d]\nSize=\n",
                               &config, &message),
                         0);
        assert_text(&config, NONE "[Online a]\nMovableRatio=50%\n[Online b.2]\nSize=128M-\nZone=movable\n"
                                  "[Online c_]\nSize=-4G\nZone=movable\nMovableRatio=none\n[Online d]\n");
}

static void test_faults(void **state)
{
        static const struct {
                const char *text, *says;
        } faults[] = {
                { "Enabled=yes\n", ":1: \"Enabled\": accepted is [Online] before all else" },
                { "[Online]\nEnabled=true\n", ":2: \"true\": accepted is yes or no" },
                { "[Online]\n\nZone=Movable\n", ":3: \"Movable\": accepted is movable, kernel or offline" },
                { "[Online]\nMovableRatio=301\n", "\"301\": accepted is a share" },
                { "[Online]\nMovableRatio=0%\n", "\"0%\": accepted is a share" },
                { "[Online]\nMovableRatio=100001%\n", "accepted is a share" },
                { "[Online]\nMovableRatio=99999999999%\n", "accepted is a share" },
                { "[Online]\nAutoOnlineBlocks=yes\n", "accepted is offline, online, online_kernel" },
                { "[Online]\nMemmapOnMemory=Y\n", "\"Y\": accepted is yes, no, force or nothing" },
                { "[Online]\nForce=\n", "\"\": accepted is yes or no" },
                { "[Online]\nNode=1\n", "\"Node\": accepted is Enabled, Zone" },
                { "[Online a]\nForce=no\n", "\"Force\": accepted is Node, Driver, Dimm, Size, Zone" },
                { "[Online a]\nNode=4\n", "\"4\": accepted is a node that this machine may have" },
                { "[Online a]\nNode=-1\n", "\"-1\": accepted is a node" },
                { "[Online a]\nSize=-\n", "\"-\": accepted is a size like 512M" },
                { "[Online a]\nSize=1G-512M\n", "accepted is a size" },
                { "[Online a]\nSize=512MB\n", "accepted is a size" },
                { "[Online a]\nSize=0x10\n", "accepted is a size" },
                { "[Online a]\nSize=18446744073709551616\n", "accepted is a size" },
                { "[Online a]\nSize=17179869184T\n", "accepted is a size" },
                { "[Online a/b]\n", "\"Online a/b\": accepted is [Online NAME], a name of up to 63" },
                { "[Online ]\nZone=kernel\n", "" },
                { "[Onlin]\n", ":1: \"Onlin\": accepted is [Online], or [Online NAME]" },
                { "[Onlined]\n", "accepted is [Online], or" },
        };
        struct online_config config, before;
        char *message = NULL;

        (void) state;

        online_config_init(&config);
        assert_int_equal(parse("[Online x]\nZone=kernel\n", &config, &message), 0);
        before = config;
        for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
                char text[256];

                if (!faults[i].says[0])
                        continue;
                (void) snprintf(text, sizeof(text), "%s", faults[i].text);
                assert_int_equal(parse(text, &config, &message), -EINVAL);
                assert_says(&message, faults[i].says);
                assert_true(online_config_same(&config, &before));
        }
        /* blanks around a section's name are none of it */
        assert_int_equal(parse("[Online ]\nEnabled=yes\n", &config, &message), 0);
        assert_true(config.enabled);
}

static void test_too_much(void **state)
{
        struct online_config config;
        char *message = NULL, text[200];

        (void) state;

        online_config_init(&config);
        for (int i = 0; i < ONLINE_RULES_MAX; i++) {
                (void) snprintf(text, sizeof(text), "[Online r%d]\nNode=1\n", i);
                assert_int_equal(parse(text, &config, &message), 0);
        }
        assert_int_equal(parse("[Online r7]\n", &config, &message), 0);
        assert_int_equal(parse("[Online one_more]\n", &config, &message), -EINVAL);
        assert_says(&message, "\"Online one_more\": accepted is at most 64 rules");
        (void) snprintf(text, sizeof(text), "[Online r1]\nDimm=%0130d\n", 1);
        assert_int_equal(parse(text, &config, &message), -EINVAL);
        assert_says(&message, "accepted is the name or label of DIMMs");
        (void) snprintf(text, sizeof(text), "%063d", 1);
        assert_true(online_rule_name_is_good(text));
        (void) snprintf(text, sizeof(text), "%064d", 1);
        assert_false(online_rule_name_is_good(text));
        assert_false(online_rule_name_is_good(""));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_default),
                cmocka_unit_test(test_all),
                cmocka_unit_test(test_faults),
                cmocka_unit_test(test_too_much),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
