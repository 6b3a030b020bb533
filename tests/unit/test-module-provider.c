/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/provider.h"
#include "uapi/memctl.h"
#include "message.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

/* Each figure is its attribute's number times this, so that none is mistaken for another. */
#define FIGURE UINT64_C(0x100000001)

#define NOTHING (-1)

static void put_failure(struct nl_msg *m, uint32_t error, uint64_t count)
{
        struct nlattr *nest = nla_nest_start(m, MEMCTL_P_FAILURE);

        assert_non_null(nest);
        assert_false(nla_put_u32(m, MEMCTL_F_ERRNO, error));
        assert_false(nla_put_u64(m, MEMCTL_F_COUNT, count));
        nla_nest_end(m, nest);
}

/* A provider's message without its end: all figures but one. */
static struct nl_msg *begin(const char *name, int but, struct nlattr **nest)
{
        struct nl_msg *m = message_new(MEMCTL_C_PROVIDER);

        *nest = nla_nest_start(m, MEMCTL_A_PROVIDER);
        assert_non_null(*nest);
        if (name)
                assert_false(nla_put_string(m, MEMCTL_P_NAME, name));
        for (int type = MEMCTL_P_PAGES; type <= MEMCTL_P_LONGEST_PAUSE; type++)
                if (type != MEMCTL_P_FAILURE && type != but)
                        assert_false(nla_put_u64(m, type, FIGURE * (unsigned int) type));
        return m;
}

static struct nl_msg *make(const char *name, size_t n_failures)
{
        struct nlattr *nest;
        struct nl_msg *m = begin(name, NOTHING, &nest);

        for (size_t i = 0; i < n_failures; i++)
                put_failure(m, (uint32_t) i + 1, i + 1000);
        nla_nest_end(m, nest);
        return m;
}

static int parse(struct nl_msg *m, struct provider *provider, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = provider_parse(header, provider, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_figures(void **state)
{
        struct provider provider;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(make("heap-0_x", 2), &provider, &message), 0);
        assert_null(message);
        assert_string_equal(provider.name, "heap-0_x");
        assert_int_equal(provider.pages, FIGURE * MEMCTL_P_PAGES);
        assert_int_equal(provider.isolated, FIGURE * MEMCTL_P_ISOLATED);
        assert_int_equal(provider.migrated, FIGURE * MEMCTL_P_MIGRATED);
        assert_int_equal(provider.retried, FIGURE * MEMCTL_P_RETRIED);
        assert_int_equal(provider.refused, FIGURE * MEMCTL_P_REFUSED);
        assert_int_equal(provider.failed, FIGURE * MEMCTL_P_FAILED);
        assert_int_equal(provider.batches, FIGURE * MEMCTL_P_BATCHES);
        assert_int_equal(provider.bytes, FIGURE * MEMCTL_P_BYTES);
        assert_int_equal(provider.longest_pause_nsecs, FIGURE * MEMCTL_P_LONGEST_PAUSE);
        assert_int_equal(provider.n_failures, 2);
        assert_int_equal(provider.failures[1].error, 2);
        assert_int_equal(provider.failures[1].count, 1001);

        assert_int_equal(parse(make("0123456789012345678901234567890", 0), &provider, &message), 0);
        assert_int_equal(provider.n_failures, 0);
        assert_int_equal(parse(make("x", PROVIDER_FAILURES_MAX), &provider, &message), 0);
        assert_int_equal(provider.n_failures, PROVIDER_FAILURES_MAX);
}

static void check_refused(struct nl_msg *m, const char *says)
{
        struct provider provider;
        char *message = NULL;

        assert_int_equal(parse(m, &provider, &message), -EBADMSG);
        assert_says(&message, says);
}

static void test_names(void **state)
{
        (void) state;

        for (const char *const *name = (const char *const[]){ "Heap", "he ap", "heap/0", "h\xc3\xa4p", "..",
                                                              "a.b", "a\n", NULL };
             *name; name++) {
                assert_false(provider_name_is_valid(*name));
                check_refused(make(*name, 0), "name");
        }
        check_refused(make("", 0), "name has a bad length");
        check_refused(make("01234567890123456789012345678901", 0), "name has a bad length");
        check_refused(make(NULL, 0), "name is missing");
        assert_false(provider_name_is_valid(""));
        assert_false(provider_name_is_valid("01234567890123456789012345678901"));
        assert_true(provider_name_is_valid("zs_malloc-0"));
}

static void test_missing_short_long_and_twice(void **state)
{
        (void) state;

        check_refused(message_new(MEMCTL_C_PROVIDER), "provider is missing");
        for (int type = MEMCTL_P_PAGES; type <= MEMCTL_P_LONGEST_PAUSE; type++) {
                struct nlattr *nest;
                struct nl_msg *m;

                if (type == MEMCTL_P_FAILURE)
                        continue;
                m = begin("heap", type, &nest);
                nla_nest_end(m, nest);
                check_refused(m, "is missing");

                for (int size = 0; size <= 16; size++) {
                        if (size == 8)
                                continue;
                        m = begin("heap", type, &nest);
                        assert_false(nla_put(m, type, size, "0123456789abcdef"));
                        nla_nest_end(m, nest);
                        check_refused(m, "has a bad length");
                }

                m = begin("heap", NOTHING, &nest);
                assert_false(nla_put_u64(m, type, 0));
                nla_nest_end(m, nest);
                check_refused(m, "is there twice");
        }
}

static void test_failures(void **state)
{
        struct nlattr *nest, *failure;
        struct nl_msg *m;

        (void) state;

        check_refused(make("heap", PROVIDER_FAILURES_MAX + 1), "more kinds of failure");

        m = begin("heap", NOTHING, &nest);
        put_failure(m, 4096, 1);
        nla_nest_end(m, nest);
        check_refused(m, "4096 is no error number");

        m = begin("heap", NOTHING, &nest);
        failure = nla_nest_start(m, MEMCTL_P_FAILURE);
        assert_false(nla_put_u32(m, MEMCTL_F_ERRNO, 1));
        nla_nest_end(m, failure);
        nla_nest_end(m, nest);
        check_refused(m, "failure: count is missing");

        m = begin("heap", NOTHING, &nest);
        assert_false(nla_put(m, MEMCTL_P_FAILURE, 5, "abcde"));
        nla_nest_end(m, nest);
        check_refused(m, "failure: ");
}

/* A newer module may say more than we know. */
static void test_unknown_attributes(void **state)
{
        struct provider provider;
        struct nlattr *nest;
        struct nl_msg *m = begin("heap", NOTHING, &nest);
        char *message = NULL;

        (void) state;

        assert_false(nla_put(m, MEMCTL_P_PAD, 0, NULL));
        assert_false(nla_put(m, MEMCTL_P_PAD, 0, NULL));
        assert_false(nla_put_u64(m, MEMCTL_P_MAX + 1, 1));
        assert_false(nla_put_string(m, 0x3fff, "x"));
        put_failure(m, 12, 5);
        nla_nest_end(m, nest);
        assert_false(nla_put_u32(m, MEMCTL_A_MAX + 7, 1));
        assert_int_equal(parse(m, &provider, &message), 0);
        assert_int_equal(provider.failures[0].error, 12);
}

/* Whatever comes, reading stays inside the message; the sanitizer watches. */
static void test_broken_bytes(void **state)
{
        struct nl_msg *m = make("heap", 3);
        struct provider provider;

        (void) state;

        for (size_t size = sizeof(struct nlmsghdr); size < nlmsg_hdr(m)->nlmsg_len; size++) {
                struct nlmsghdr *header = message_copy(m, size);
                char *message = NULL;

                assert_int_equal(provider_parse(header, &provider, &message), -EBADMSG);
                free(message);
                free(header);
        }

        srandom(1);
        for (int round = 0; round < 50000; round++) {
                struct nlmsghdr *header = message_copy(m, 0);
                char *message = NULL;

                message_spoil(header);
                if (provider_parse(header, &provider, &message) >= 0) {
                        assert_true(provider_name_is_valid(provider.name));
                        assert_true(provider.n_failures <= PROVIDER_FAILURES_MAX);
                        assert_null(message);
                } else
                        assert_non_null(message);
                free(message);
                free(header);
        }
        nlmsg_free(m);
}

static void test_no_module(void **state)
{
        struct provider_list list = { 0 };
        char *root = tree_make(), *message = NULL;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        assert_int_equal(provider_list_read(tree, &list, &message), 0);
        tree->live = true;
        assert_int_equal(provider_list_read(tree, &list, &message), 0);
        assert_int_equal(list.n_providers, 0);
        assert_null(provider_list_find(&list, "heap"));
        assert_null(message);
        provider_list_clear(&list);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_figures),
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_missing_short_long_and_twice),
                cmocka_unit_test(test_failures),
                cmocka_unit_test(test_unknown_attributes),
                cmocka_unit_test(test_broken_bytes),
                cmocka_unit_test(test_no_module),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
