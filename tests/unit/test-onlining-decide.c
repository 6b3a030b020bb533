/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/decide.h"
#include "says.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static const struct online_machine machine = { 1 * GIB, 4 * GIB };

static struct new_memory dimm(const char *name, int node, uint64_t bytes)
{
        return (struct new_memory){
                .dimm = name,
                .label = "",
                .driver = "",
                .device = "",
                .node = node,
                .device_bytes = bytes,
                .new_bytes = bytes,
                .can_movable = true,
                .can_kernel = true,
        };
}

static void parse(const char *text, struct online_config *config)
{
        char *message = NULL;

        online_config_init(config);
        assert_int_equal(online_config_parse("/c", text, strlen(text), 9, config, &message), 0);
}

static void assert_verdict(const struct online_config *config, const struct new_memory *memory,
                           enum online_target target, enum online_why why, const char *says)
{
        struct online_verdict verdict = online_decide(config, memory, &machine, NULL, false);
        char reason[ONLINE_REASON_MAX];
        char *message;

        assert_int_equal(verdict.target, target);
        assert_int_equal(verdict.why, why);
        online_reason(&verdict, memory, &machine, NULL, reason);
        message = strdup(reason);
        assert_says(&message, says);
}

static void test_rules(void **state)
{
        struct new_memory memory = dimm("PNP0C80:03", 1, GIB);
        struct online_config config;

        (void) state;

        parse("[Online]\nEnabled=yes\nMovableRatio=none\n[Online a]\nNode=1\nZone=kernel\nSize=2G-\n"
              "[Online b]\nDriver=virtio_mem\nZone=offline\n[Online c]\nDimm=BANK *\nZone=offline\n"
              "[Online d]\nNode=0\nZone=kernel\n[Online e]\nDriver=acpi\nSize=1G\n[Online f]\nDriver=other\n"
              "Zone=kernel\n[Online g]\nDriver=dax0.*\nZone=kernel\n",
              &config);
        assert_verdict(&config, &memory, TARGET_MOVABLE, WHY_DEFAULT,
                       "no rule matches, and Zone= is movable");
        memory.device_bytes = 2 * GIB;
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RULE, "rule \"a\" (/c:4) says kernel");
        memory.device_bytes = 0; /* not known: no rule with a size matches */
        assert_verdict(&config, &memory, TARGET_MOVABLE, WHY_DEFAULT, "no rule");
        memory.label = "BANK 3";
        assert_verdict(&config, &memory, TARGET_OFFLINE, WHY_RULE, "rule \"c\" (/c:11) says offline");
        memory.device_bytes = 2 * GIB; /* the first that matches decides */
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RULE, "rule \"a\"");

        memory = dimm("", 2, 0);
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RULE, "rule \"f\"");
        memory.driver = "virtio_mem";
        memory.device = "virtio3";
        assert_verdict(&config, &memory, TARGET_OFFLINE, WHY_RULE, "rule \"b\"");
        memory.driver = "kmem";
        memory.device = "dax1.0";
        assert_verdict(&config, &memory, TARGET_MOVABLE, WHY_DEFAULT, "no rule");
        memory.device = "dax0.1";
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RULE, "rule \"g\"");
}

static void test_ratio(void **state)
{
        struct new_memory memory = dimm("PNP0C80:00", 0, 3 * GIB);
        struct online_config config;

        (void) state;

        /* 1 GiB of 4 are movable */
        parse("[Online]\nEnabled=yes\nMovableRatio=100%\n[Online "
              "a]\nDimm=*:01\nZone=movable\nMovableRatio=none\n"
              "[Online b]\nDimm=*:02\nZone=movable\nMovableRatio=50%\n[Online c]\nDimm=*:03\nZone=movable\n",
              &config);
        assert_verdict(&config, &memory, TARGET_MOVABLE, WHY_DEFAULT, "no rule");
        memory.new_bytes += 128 * MIB;
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RATIO,
                       "no rule matches, and Zone= is movable, but with it 4224 MiB would be movable, and "
                       "MovableRatio=100% of the kernel's 4096 MiB is 4096 MiB");
        memory.dimm = "PNP0C80:01";
        assert_verdict(&config, &memory, TARGET_MOVABLE, WHY_RULE, "rule \"a\"");
        memory.dimm = "PNP0C80:03";
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RATIO, "rule \"c\"");
        memory.dimm = "PNP0C80:02";
        memory.new_bytes = 1200 * MIB;
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RATIO, "MovableRatio=50%");
        memory.new_bytes = GIB - 128 * MIB;
        assert_verdict(&config, &memory, TARGET_MOVABLE, WHY_RULE, "rule \"b\"");
        assert_true(online_most_movable(33, 1000) == 330 && online_most_movable(1, 199) == 1);
        assert_true(online_most_movable(ONLINE_RATIO_MAX, UINT64_MAX) == UINT64_MAX);
        memory.new_bytes = UINT64_MAX;
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_RATIO, "rule \"b\"");
}

static void test_others(void **state)
{
        struct new_memory memory = dimm("PNP0C80:00", 0, GIB);
        struct online_verdict verdict;
        struct online_config config;
        char reason[ONLINE_REASON_MAX];

        (void) state;

        parse("[Online]\nEnabled=yes\n", &config);
        verdict = online_decide(&config, &memory, &machine, "udev's rule /x:1", false);
        assert_int_equal(verdict.target, TARGET_OFFLINE);
        assert_int_equal(verdict.why, WHY_OTHERS);
        online_reason(&verdict, &memory, &machine, "udev's rule /x:1", reason);
        assert_non_null(strstr(reason, "but it is left to udev's rule /x:1 (Force=yes"));
        config.force = true;
        assert_int_equal(online_decide(&config, &memory, &machine, "x", false).target, TARGET_MOVABLE);
        config.enabled = false;
        assert_verdict(&config, &memory, TARGET_OFFLINE, WHY_OFF, "but Enabled=no");
        assert_int_equal(online_decide(&config, &memory, &machine, NULL, true).target, TARGET_MOVABLE);

        /* all of a DIMM goes to one zone, whatever would be said of the rest */
        config.enabled = true;
        memory.others = TARGET_KERNEL;
        assert_verdict(&config, &memory, TARGET_KERNEL, WHY_SAME_DIMM,
                       "the DIMM's other blocks are in zone kernel");
        config.zone = TARGET_OFFLINE;
        assert_verdict(&config, &memory, TARGET_OFFLINE, WHY_DEFAULT, "Zone= is offline");
        config.zone = TARGET_MOVABLE;
        memory.others = TARGET_NONE;
        memory.can_movable = false;
        assert_verdict(&config, &memory, TARGET_OFFLINE, WHY_NOT_POSSIBLE, "does not offer that zone");
}

static void test_may_kernel(void **state)
{
        struct online_config config;

        (void) state;

        parse("[Online]\nMovableRatio=none\n[Online a]\nZone=offline\nMovableRatio=7%\n", &config);
        assert_false(online_config_may_kernel(&config));
        parse("[Online]\n", &config); /* what is over the bound */
        assert_true(online_config_may_kernel(&config));
        parse("[Online]\nMovableRatio=none\n[Online a]\nZone=kernel\n", &config);
        assert_true(online_config_may_kernel(&config));
        parse("[Online]\nMovableRatio=none\n[Online a]\nZone=movable\nMovableRatio=7%\n", &config);
        assert_true(online_config_may_kernel(&config));
}

static uint32_t next(uint32_t *seed)
{
        *seed = *seed * 1103515245 + 12345;
        return *seed >> 16;
}

static struct online_config any_config(uint32_t *seed)
{
        struct online_config config;

        online_config_init(&config);
        config.enabled = next(seed) % 4 > 0;
        config.force = next(seed) % 2;
        config.zone = TARGET_MOVABLE + next(seed) % 3;
        config.ratio = next(seed) % 3 ? 1 + next(seed) % 500 : ONLINE_RATIO_NONE;
        config.n_rules = next(seed) % 5;
        for (size_t i = 0; i < config.n_rules; i++) {
                config.rules[i] = (struct online_rule){
                        .node = (int) (next(seed) % 3) - 1,
                        .size_min = next(seed) % 4 * 128 * MIB,
                        .size_max = next(seed) % 2 ? UINT64_MAX : next(seed) % 6 * 128 * MIB,
                        .zone = next(seed) % _TARGET_MAX,
                        .ratio = next(seed) % 3   ? ONLINE_RATIO_OF_ALL
                                 : next(seed) % 2 ? 200
                                                  : ONLINE_RATIO_NONE,
                };
                if (next(seed) % 3 == 0)
                        (void) strcpy(config.rules[i].driver, next(seed) % 2 ? "acpi" : "other");
        }
        return config;
}

/* What holds of any series of plugs. */
static void test_series(void **state)
{
        uint32_t seed = 7;

        (void) state;

        for (int round = 0; round < 2000; round++) {
                struct online_config config = any_config(&seed);
                struct online_machine now = { 0, (1 + next(&seed) % 8) * GIB };

                for (int plug = 0; plug < 20; plug++) {
                        struct new_memory memory = dimm(next(&seed) % 2 ? "PNP0C80:00" : "", next(&seed) % 2,
                                                        (1 + next(&seed) % 8) * 128 * MIB);
                        const char *others = next(&seed) % 5 ? NULL : "udev";
                        struct online_verdict verdict = online_decide(&config, &memory, &now, others, false);
                        struct online_verdict again = online_decide(&config, &memory, &now, others, false);

                        assert_true(verdict.target == again.target && verdict.rule == again.rule);
                        if (!config.enabled || (others && !config.force))
                                assert_int_equal(verdict.target, TARGET_OFFLINE);
                        if (verdict.wanted == TARGET_OFFLINE || verdict.wanted == TARGET_KERNEL)
                                assert_true(verdict.target == verdict.wanted ||
                                            verdict.target == TARGET_OFFLINE);
                        for (const struct online_rule *rule = config.rules;
                             verdict.rule && rule < verdict.rule;
                             rule++) /* none before it that says something matches by node alone */
                                assert_true(rule->zone == TARGET_NONE || rule->node >= 0 ||
                                            rule->driver[0] || rule->size_min > 0 ||
                                            rule->size_max < UINT64_MAX);
                        if (verdict.target == TARGET_MOVABLE)
                                now.movable_bytes += memory.new_bytes;
                        else if (verdict.target == TARGET_KERNEL)
                                now.kernel_bytes += memory.new_bytes;
                        if (verdict.target == TARGET_MOVABLE && verdict.ratio != ONLINE_RATIO_NONE)
                                assert_true(now.movable_bytes <=
                                            online_most_movable(verdict.ratio, now.kernel_bytes));
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rules),  cmocka_unit_test(test_ratio),
                cmocka_unit_test(test_others), cmocka_unit_test(test_may_kernel),
                cmocka_unit_test(test_series),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
