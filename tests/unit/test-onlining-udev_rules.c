/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/udev_rules.h"
#include "tree.h"

#include <stdio.h>
#include <string.h>

static bool read_vendor(void *userdata, const char *path, char *buf, size_t size)
{
        if (!userdata || strcmp(path, "dmi/id/sys_vendor") != 0)
                return false;
        (void) snprintf(buf, size, "%s", (const char *) userdata);
        return true;
}

static unsigned int line_of(const char *text, const char *vendor, const char *sets)
{
        const struct udev_machine machine = { read_vendor, (void *) vendor };
        struct udev_rule_found found = { 0 };

        if (!udev_rules_online(text, strlen(text), &machine, &found))
                return 0;
        if (sets)
                assert_string_equal(found.sets, sets);
        return found.line;
}

/* In the form that Red Hat's has. */
static void test_goto(void **state)
{
        static const char rules[] =
                "# memory\n\nSUBSYSTEM!=\"memory\", GOTO=\"the_end\"\n"
                "ACTION!=\"add\", GOTO=\"the_end\"\n"
                "PROGRAM=\"/bin/uname -p\", RESULT==\"s390*\", GOTO=\"the_end\"\n"
                "ENV{.state}=\"online\"\n"
                "PROGRAM=\"/bin/systemd-detect-virt\", RESULT==\"none\", ENV{.state}=\"online_movable\"\n"
                "ATTR{state}==\"offline\", ATTR{state}=\"$env{.state}\"\n"
                "LABEL=\"the_end\"\n";

        (void) state;

        assert_int_equal(line_of(rules, NULL, "$env{.state}"), 8);
        /* made ineffective, as vendors advise: a GOTO that is always taken */
        assert_int_equal(
                line_of("SUBSYSTEM==\"*\", GOTO=\"e\"\nATTR{state}==\"offline\", ATTR{state}=\"online\"\n"
                        "LABEL=\"e\"\n",
                        NULL, NULL),
                0);
        assert_int_equal(line_of("SUBSYSTEM!=\"cpu\", GOTO=\"e\"\nATTR{state}=\"online\"\nLABEL=\"e\"\n"
                                 "SUBSYSTEM==\"memory\", ATTR{state}=\"online_kernel\"\n",
                                 NULL, "online_kernel"),
                         4);
}

/* In the form that Ubuntu's has: of some hypervisors alone. */
static void test_vendor(void **state)
{
        static const char rules[] =
                "ATTR{[dmi/id]sys_vendor}==\"Micro*\", GOTO=\"apply\"\n"
                "ATTR{[dmi/id]sys_vendor}==\"Xen\", GOTO=\"apply\"\n"
                "GOTO=\"end\"\n"
                "LABEL=\"apply\"\n"
                "SUBSYSTEM==\"memory\", ACTION==\"add\", \\\n"
                "  DEVPATH==\"/devices/system/memory/memory[0-9]*\", TEST==\"state\", \\\n"
                "  ATTR{state}!=\"online\", ATTR{state}=\"online\"\n"
                "LABEL=\"end\"\n";

        (void) state;

        assert_int_equal(line_of(rules, "Microsoft Corporation", "online"), 5);
        assert_int_equal(line_of(rules, "Xen", "online"), 5);
        assert_int_equal(line_of(rules, "QEMU", NULL), 0);
        assert_int_equal(line_of(rules, NULL, NULL), 0);
        assert_int_equal(
                line_of("ATTR{[dmi/id]sys_vendor}!=\"Xen\", SUBSYSTEM==\"memory\", ATTR{state}=\"online\"\n",
                        NULL, NULL),
                1);
}

static void test_single(void **state)
{
        static const char *const yes[] = {
                "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"",
                "ACTION==\"add|change\",SUBSYSTEM==\"cpu|memory\",ATTR{state}:=\"online_movable\"",
                "KERNEL==\"memory*\" ATTR{state} = \"online\"",
                "SUBSYSTEM==i\"memory\", ATTR{state}=e\"online\"",
                "SUBSYSTEM==\"memory\", TEST==\"state\", RUN+=\"/bin/sh -c 'echo online > "
                "/sys$devpath/state'\"",
                "SUBSYSTEM==\"memory\", ATTR{state}==\"offline\", PROGRAM==\"/bin/x\", ATTR{state}=\"%c\"",
                "ENV{X}==\"1\", SUBSYSTEM==\"memory\", ATTR{state}=\"online\"",
        };
        static const char *const no[] = {
                "",
                "SUBSYSTEM==\"cpu\", ACTION==\"add\", ATTR{online}=\"1\"",
                "SUBSYSTEM==\"cpu\", ATTR{state}=\"online\"",
                "SUBSYSTEM==\"memory\", ACTION==\"remove\", ATTR{state}=\"online\"",
                "SUBSYSTEM==\"memory\", ATTR{state}==\"online\", ATTR{x}=\"y\"",
                "SUBSYSTEM==\"memory\", ATTR{state}==\"online\", ATTR{state}=\"online\"",
                "SUBSYSTEM==\"memory\", ATTR{state}=\"offline\"",
                "SUBSYSTEM==\"memory\", ATTR{power/state}=\"online\"",
                "#SUBSYSTEM==\"memory\", ATTR{state}=\"online\"",
                "SUBSYSTEM==\"memory\", ATTR{state}=\"online",
                "SUBSYSTEM==\"memory\", ATTR{state=\"online\"",
                "SUBSYSTEM==\"memory\", ATTR{state}\"online\"",
                "SUBSYSTEM==\"memory\", \\\n# ATTR{state}=\"online\"\nATTR{x}=\"y\"",
                "\\",
                "\"",
                "{}",
                "=\"x\"",
                "a=",
        };

        (void) state;

        for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
                if (line_of(yes[i], NULL, NULL) != 1)
                        fail_msg("not found: %s", yes[i]);
        for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
                if (line_of(no[i], NULL, NULL) != 0)
                        fail_msg("found: %s", no[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_goto),
                cmocka_unit_test(test_vendor),
                cmocka_unit_test(test_single),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
