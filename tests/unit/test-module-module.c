/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/module.h"
#include "message.h"
#include "says.h"
#include "tree.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static struct nl_msg *make(const char *version, const char *kernel, uint32_t page_size)
{
        struct nl_msg *m = message_new(MEMCTL_C_INFO);

        assert_false(nla_put_string(m, MEMCTL_A_VERSION, version));
        assert_false(nla_put_u32(m, MEMCTL_A_ABILITIES, MEMCTL_ABILITY_MOVABLE | MEMCTL_ABILITY_HEAP));
        assert_false(nla_put_string(m, MEMCTL_A_BINDING, "balloon"));
        assert_false(nla_put_string(m, MEMCTL_A_KERNEL, kernel));
        assert_false(nla_put_u32(m, MEMCTL_A_PAGE_SIZE, page_size));
        return m;
}

static uint32_t page_size(void)
{
        return (uint32_t) sysconf(_SC_PAGESIZE);
}

static int parse(struct nl_msg *m, struct module_info *info, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = module_parse(header, info, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_info(void **state)
{
        struct module_info info;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(make("0.1.0", "7.2.6+deb14-amd64", page_size()), &info, &message), 0);
        assert_string_equal(info.version, "0.1.0");
        assert_string_equal(info.binding, "balloon");
        assert_string_equal(info.kernel, "7.2.6+deb14-amd64");
        assert_int_equal(info.abilities, MEMCTL_ABILITY_MOVABLE | MEMCTL_ABILITY_HEAP);
        assert_string_equal(info.movable_reason, "");
        assert_null(message);
        assert_string_equal(module_ability_name(0), "movable");
        assert_string_equal(module_ability_name(2), "heap");
        assert_string_equal(module_ability_name(3), "lru_cache");
        assert_string_equal(module_ability_name(4), "survey");
        assert_string_equal(module_ability_name(6), "cma");
        assert_string_equal(module_ability_name(7), "reserve");
        assert_string_equal(module_ability_name(8), "compact");
        assert_null(module_ability_name(9));
}

/* A kernel on which no driver's page can be made movable: the module says why. */
static void test_not_movable(void **state)
{
        struct nl_msg *m = make("0.1.0", "7.3", page_size());
        struct module_info info;
        char *message = NULL;

        (void) state;

        assert_false(
                nla_put_string(m, MEMCTL_A_MOVABLE_REASON, "this kernel does not migrate balloon pages"));
        assert_int_equal(parse(m, &info, &message), 0);
        assert_string_equal(info.movable_reason, "this kernel does not migrate balloon pages");
}

static void check_refused(struct nl_msg *m, const char *says)
{
        struct module_info info;
        char *message = NULL;

        assert_int_equal(parse(m, &info, &message), -EBADMSG);
        assert_says(&message, says);
}

static void test_refused(void **state)
{
        static const char long_text[] =
                "0123456789012345678901234567890123456789012345678901234567890123456789";
        struct nl_msg *m;

        (void) state;

        check_refused(message_new(MEMCTL_C_INFO), "version is missing");
        check_refused(make("", "k", page_size()), "version has a bad length");
        check_refused(make(long_text, "k", page_size()), "version has a bad length");
        check_refused(make("0\n1", "k", page_size()), "not printable");
        check_refused(make("0.1", "\xc3\xa4", page_size()), "not printable");
        check_refused(make("0.1", "k", page_size() * 2), "this machine's have");

        m = make("0.1", "k", page_size());
        assert_false(nla_put_u32(m, MEMCTL_A_ABILITIES, 0));
        check_refused(m, "abilities is there twice");

        m = message_new(MEMCTL_C_INFO);
        assert_false(nla_put(m, MEMCTL_A_VERSION, 4,
                             "0\0"
                             "1")); /* a NUL within */
        assert_false(nla_put_u32(m, MEMCTL_A_ABILITIES, 0));
        assert_false(nla_put_string(m, MEMCTL_A_BINDING, "x"));
        assert_false(nla_put_string(m, MEMCTL_A_KERNEL, "x"));
        assert_false(nla_put_u32(m, MEMCTL_A_PAGE_SIZE, page_size()));
        check_refused(m, "is no string");

        m = message_new(MEMCTL_C_INFO);
        assert_false(nla_put(m, MEMCTL_A_VERSION, 3, "0.1")); /* without its NUL */
        check_refused(m, "version has a bad length or form");
}

/* A newer module may say more than we know. */
static void test_unknown_attributes(void **state)
{
        struct nl_msg *m = make("0.1", "k", page_size());
        struct module_info info;
        char *message = NULL;

        (void) state;

        assert_false(nla_put_u32(m, MEMCTL_A_MAX + 1, 1));
        assert_false(nla_put_u32(m, MEMCTL_A_MAX + 1, 1));
        assert_false(nla_put_string(m, 0x3fff, "x"));
        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, 1));
        assert_false(nla_put(m, MEMCTL_A_PAD, 0, NULL));
        assert_int_equal(parse(m, &info, &message), 0);
}

static void test_broken_bytes(void **state)
{
        struct nl_msg *m = make("0.1.0", "6.1.0-42-amd64", page_size());
        struct module_info info;

        (void) state;

        for (size_t size = sizeof(struct nlmsghdr); size < nlmsg_hdr(m)->nlmsg_len; size++) {
                struct nlmsghdr *header = message_copy(m, size);
                char *message = NULL;

                assert_int_equal(module_parse(header, &info, &message), -EBADMSG);
                free(message);
                free(header);
        }
        nlmsg_free(m);
}

/*
 * Of a foreign tree the kernel is not asked, and of the machine's own not without sys/module/memctl: asking
 * could make it load the module.
 */
static void test_not_asked(void **state)
{
        char *root = tree_make(), *message = NULL;
        struct module_info info;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        tree->live = true; /* as if it were the machine's own */
        assert_int_equal(module_read(tree, &info, &message), 0);
        tree_text(root, "sys/module/memctl/version", "0.1\n");
        tree->live = false;
        assert_int_equal(module_read(tree, &info, &message), 0);
        assert_null(message);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_info),         cmocka_unit_test(test_not_movable),
                cmocka_unit_test(test_refused),      cmocka_unit_test(test_unknown_attributes),
                cmocka_unit_test(test_broken_bytes), cmocka_unit_test(test_not_asked),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
