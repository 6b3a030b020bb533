/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/boot_taken.h"
#include "tree.h"

#include <stdio.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

static struct boot_reasons reasons;

/* A kernel with CMA, on a machine of 2 GiB, and no area. */
static struct boot_seen booted_with(const char *cmdline)
{
        struct boot_seen seen = {
                .cma = true,
                .unit = 2 * MIB,
                .memory = 2048 * MIB,
                .release = "7.3-test",
        };

        cmdline_parse(cmdline, &seen.booted);
        return seen;
}

static void apply(struct boot_seen *seen, const char *parameters)
{
        cmdline_parse(parameters, &seen->applied);
        (void) snprintf(seen->applied_text, sizeof(seen->applied_text), "%s", parameters);
}

static void has(struct boot_seen *seen, uint64_t bytes)
{
        seen->default_bytes = bytes;
        seen->total = bytes;
}

static void check(const struct boot_seen *seen, enum boot_outcome outcome, int code)
{
        assert_int_equal(boot_taken(seen, &reasons), outcome);
        if (code < 0)
                assert_int_equal(reasons.n, 0);
        else {
                assert_int_equal(reasons.n, 1);
                assert_int_equal((int) reasons.items[0].code, code);
        }
}

static void test_taken(void **state)
{
        struct boot_seen seen = booted_with("quiet");

        (void) state;

        check(&seen, BOOT_OUTCOME_NONE, -1);
        seen = booted_with("quiet cma=63M");
        has(&seen, 64 * MIB);
        check(&seen, BOOT_OUTCOME_TAKEN, -1);
        has(&seen, 32 * MIB);
        check(&seen, BOOT_OUTCOME_PART, BOOT_PART);
        assert_int_equal(reasons.items[0].figures[0], 64 * MIB);
        assert_int_equal(reasons.items[0].figures[1], 32 * MIB);

        /* without figures of each area the sum counts: the areas of nodes are in it */
        seen.default_bytes = BOOT_SEEN_NOT_TOLD;
        seen.total = 192 * MIB;
        check(&seen, BOOT_OUTCOME_TAKEN, -1);
        seen.total = 0;
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_NO_AREA);

        seen = booted_with("cma=0");
        check(&seen, BOOT_OUTCOME_TAKEN, -1);
        has(&seen, 64 * MIB);
        check(&seen, BOOT_OUTCOME_PART, BOOT_PART);
        seen = booted_with("cma=64Mx");
        has(&seen, 64 * MIB);
        check(&seen, BOOT_OUTCOME_TAKEN, BOOT_MALFORMED);
}

static void test_applied(void **state)
{
        struct boot_seen seen = booted_with("quiet");

        (void) state;

        apply(&seen, "cma=64M cma_pernuma=0");
        seen.applied_in_this_boot = true;
        check(&seen, BOOT_OUTCOME_PENDING, BOOT_NOT_BOOTED);
        assert_string_equal(reasons.items[0].text, "cma=64M cma_pernuma=0");
        seen.applied_in_this_boot = false;
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_NOT_PASSED);

        cmdline_parse("cma=128M", &seen.booted);
        has(&seen, 128 * MIB);
        check(&seen, BOOT_OUTCOME_TAKEN, BOOT_OTHER_VALUE);
        assert_string_equal(reasons.items[0].text, "128M");
}

static void test_why_not(void **state)
{
        struct boot_seen seen = booted_with("cma=100G");

        (void) state;

        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_OVER_MEMORY);
        assert_int_equal(reasons.items[0].figures[0], 100 * 1024 * MIB);
        assert_int_equal(reasons.items[0].figures[1], 2048 * MIB);

        seen = booted_with("cma=1536M");
        seen.refused = true;
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_NO_RUN);
        seen.limit = 1024 * MIB;
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_OVER_LIMIT);
        seen.refused = false;
        seen.limit = 0;
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_NO_AREA);

        seen = booted_with("cma=64M@0x1000");
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_FIXED_PLACE);
        seen = booted_with("cma=much");
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_MALFORMED);
        seen = booted_with("cma=64M");
        seen.cma = false;
        check(&seen, BOOT_OUTCOME_NOT_TAKEN, BOOT_NO_CMA_HERE);
        assert_string_equal(reasons.items[0].text, "7.3-test");
}

/* Each code has a name of its own, and each outcome. */
static void test_names(void **state)
{
        (void) state;

        for (int i = 0; i < _BOOT_REASON_MAX; i++) {
                assert_non_null(boot_reason_name((enum boot_reason_code) i));
                for (int j = 0; j < i; j++)
                        assert_string_not_equal(boot_reason_name((enum boot_reason_code) i),
                                                boot_reason_name((enum boot_reason_code) j));
        }
        for (int i = 0; i < _BOOT_OUTCOME_MAX; i++)
                assert_non_null(boot_outcome_name((enum boot_outcome) i));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_taken),
                cmocka_unit_test(test_applied),
                cmocka_unit_test(test_why_not),
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
