/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/lru.h"
#include "message.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING (-1)

/* A lease with all its figures but one. */
static void put_lease_but(struct nl_msg *m, uint64_t id, const char *command, int but)
{
        struct nlattr *nest = nla_nest_start(m, MEMCTL_A_LEASE);

        assert_non_null(nest);
        if (but != MEMCTL_L_ID)
                assert_false(nla_put_u64(m, MEMCTL_L_ID, id));
        if (but != MEMCTL_L_PID)
                assert_false(nla_put_u32(m, MEMCTL_L_PID, 4711));
        if (but != MEMCTL_L_COMM)
                assert_false(nla_put_string(m, MEMCTL_L_COMM, command));
        if (but != MEMCTL_L_HELD)
                assert_false(nla_put_u64(m, MEMCTL_L_HELD, 1500000000));
        if (but != MEMCTL_L_LEFT)
                assert_false(nla_put_u64(m, MEMCTL_L_LEFT, UINT64_C(58500000000)));
        nla_nest_end(m, nest);
}

static void put_lease(struct nl_msg *m, uint64_t id, const char *command)
{
        put_lease_but(m, id, command, NOTHING);
}

static struct nl_msg *make(uint32_t longest, uint32_t disabled, size_t n_leases)
{
        struct nl_msg *m = message_new(MEMCTL_C_LRU_CACHE);

        assert_false(nla_put_u32(m, MEMCTL_A_LRU_LONGEST, longest));
        assert_false(nla_put_u32(m, MEMCTL_A_LRU_DISABLED, disabled));
        for (size_t i = 0; i < n_leases; i++)
                put_lease(m, i + 1, "memctld");
        return m;
}

static struct nl_msg *make_unsupported(const char *reason)
{
        struct nl_msg *m = message_new(MEMCTL_C_LRU_CACHE);

        assert_false(nla_put_u32(m, MEMCTL_A_LRU_LONGEST, 60));
        assert_false(nla_put_string(m, MEMCTL_A_LRU_REASON, reason));
        return m;
}

static int parse(struct nl_msg *m, struct lru_cache *cache, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = lru_cache_parse(header, cache, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static int parse_held(struct nl_msg *m, struct lru_lease *lease, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = lru_lease_parse(header, lease, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_supported(void **state)
{
        struct lru_cache cache;
        struct nl_msg *m = make(60, 3, 2);
        char *message = NULL;

        (void) state;

        put_lease(m, UINT64_MAX, "0123456789abcde");
        put_lease(m, 77, "");
        put_lease(m, 78, "h\xc3\xa4p\n\x1b[1m");
        assert_int_equal(parse(m, &cache, &message), 0);
        assert_null(message);
        assert_true(cache.loaded);
        assert_true(cache.supported);
        assert_string_equal(cache.reason, "");
        assert_int_equal(cache.disabled, 3);
        assert_int_equal(cache.longest_seconds, 60);
        assert_int_equal(cache.n_leases, 5);
        assert_int_equal(cache.leases[1].id, 2);
        assert_int_equal(cache.leases[1].pid, 4711);
        assert_string_equal(cache.leases[1].command, "memctld");
        assert_int_equal(cache.leases[1].held_nsecs, 1500000000);
        assert_int_equal(cache.leases[1].left_nsecs, UINT64_C(58500000000));
        assert_string_equal(cache.leases[2].command, "0123456789abcde");
        assert_string_equal(cache.leases[3].command, "");
        assert_string_equal(cache.leases[4].command, "h??p??[1m");

        assert_int_equal(parse(make(1, 0, 0), &cache, &message), 0);
        assert_int_equal(cache.n_leases, 0);
        assert_int_equal(parse(make(1, UINT32_MAX, MEMCTL_LEASES_MAX), &cache, &message), 0);
        assert_int_equal(cache.n_leases, MEMCTL_LEASES_MAX);
}

/* Who is no administrator is not told whose a lease is. */
static void test_nobody_named(void **state)
{
        struct nl_msg *m = make(60, 1, 0);
        struct lru_cache cache;
        struct nlattr *nest = nla_nest_start(m, MEMCTL_A_LEASE);
        char *message = NULL;

        (void) state;

        assert_non_null(nest);
        assert_false(nla_put_u64(m, MEMCTL_L_ID, 7));
        assert_false(nla_put_u64(m, MEMCTL_L_HELD, 1500000000));
        assert_false(nla_put_u64(m, MEMCTL_L_LEFT, 500000000));
        nla_nest_end(m, nest);
        assert_int_equal(parse(m, &cache, &message), 0);
        assert_int_equal(cache.n_leases, 1);
        assert_int_equal(cache.leases[0].id, 7);
        assert_int_equal(cache.leases[0].pid, 0);
        assert_string_equal(cache.leases[0].command, "");
        assert_int_equal(cache.leases[0].held_nsecs, 1500000000);
}

static void test_unsupported(void **state)
{
        char longest[LRU_REASON_MAX];
        struct lru_cache cache;
        char *message = NULL;

        (void) state;

        memset(longest, 'x', sizeof(longest) - 1);
        longest[sizeof(longest) - 1] = '\0';
        for (const char *const *reason = (const char *const[]){ "no lru_cache_disable here", longest, NULL };
             *reason; reason++) {
                assert_int_equal(parse(make_unsupported(*reason), &cache, &message), 0);
                assert_true(cache.loaded);
                assert_false(cache.supported);
                assert_string_equal(cache.reason, *reason);
        }
}

static void check_says(int r, char *message, const char *says)
{
        assert_int_equal(r, -EBADMSG);
        assert_says(&message, says);
}

static void check_refused(struct nl_msg *m, const char *says)
{
        struct lru_cache cache;
        char *message = NULL;
        int r = parse(m, &cache, &message);

        check_says(r, message, says);
}

static void test_refused(void **state)
{
        struct nl_msg *m;

        (void) state;

        check_refused(message_new(MEMCTL_C_LRU_CACHE), "is missing");
        check_refused(make(0, 0, 0), "0 seconds");
        check_refused(make(60, 65, MEMCTL_LEASES_MAX + 1), "more leases than 64");

        m = message_new(MEMCTL_C_LRU_CACHE);
        assert_false(nla_put_u32(m, MEMCTL_A_LRU_LONGEST, 60));
        check_refused(m, "number of holders is missing");
        m = message_new(MEMCTL_C_LRU_CACHE);
        assert_false(nla_put_string(m, MEMCTL_A_LRU_REASON, "because"));
        check_refused(m, "longest lease is missing");

        m = make(60, 1, 0);
        assert_false(nla_put_u32(m, MEMCTL_A_LRU_LONGEST, 60));
        check_refused(m, "longest lease is there twice");
        m = message_new(MEMCTL_C_LRU_CACHE);
        assert_false(nla_put_u64(m, MEMCTL_A_LRU_LONGEST, 60));
        check_refused(m, "longest lease has a bad length");
        check_refused(make_unsupported(""), "reason has a bad length");
        check_refused(make_unsupported("two\nlines"), "not printable");
        m = message_new(MEMCTL_C_LRU_CACHE);
        assert_false(nla_put(m, MEMCTL_A_LRU_REASON, 4, "text"));
        check_refused(m, "reason has a bad length or form");
}

static void test_leases_refused(void **state)
{
        struct nl_msg *m;

        (void) state;

        for (int type = MEMCTL_L_ID; type <= MEMCTL_L_LEFT; type++) {
                if (type == MEMCTL_L_PID || type == MEMCTL_L_COMM)
                        continue;
                m = make(60, 1, 1);
                put_lease_but(m, 9, "x", type);
                check_refused(m, "is missing");
        }
        m = make(60, 1, 1);
        put_lease(m, 0, "x");
        check_refused(m, "0 is no number");
        m = make(60, 2, 2);
        put_lease(m, 2, "x");
        check_refused(m, "twice");
        m = make(60, 1, 0);
        put_lease(m, 1, "0123456789abcdef");
        check_refused(m, "command has a bad length");
        m = make(60, 1, 0);
        assert_false(nla_put(m, MEMCTL_A_LEASE, 7, "broken!"));
        check_refused(m, "lease: ");
        m = make(60, 1, 0);
        assert_false(nla_put(m, MEMCTL_A_LEASE, 0, NULL));
        check_refused(m, "lease: id is missing");
}

static void test_held(void **state)
{
        struct nl_msg *m = message_new(MEMCTL_C_LRU_HOLD);
        struct lru_lease lease;
        char *message = NULL;
        int r;

        (void) state;

        put_lease(m, 12, "memctld");
        assert_int_equal(parse_held(m, &lease, &message), 0);
        assert_int_equal(lease.id, 12);

        r = parse_held(message_new(MEMCTL_C_LRU_HOLD), &lease, &message);
        check_says(r, message, "lease is missing");
        message = NULL;
        m = message_new(MEMCTL_C_LRU_HOLD);
        put_lease(m, 12, "memctld");
        put_lease(m, 13, "memctld");
        r = parse_held(m, &lease, &message);
        check_says(r, message, "lease is there twice");
        assert_int_equal(lease.id, 12);
}

/* Whatever comes, reading stays inside the message; the sanitizer watches. */
static void test_broken_bytes(void **state)
{
        struct nl_msg *forms[] = { make(60, 2, 3), make_unsupported("because") };
        struct lru_cache cache;

        (void) state;

        srandom(1);
        for (size_t form = 0; form < 2; form++) {
                struct nl_msg *m = forms[form];

                for (size_t size = sizeof(struct nlmsghdr); size < nlmsg_hdr(m)->nlmsg_len; size++) {
                        struct nlmsghdr *header = message_copy(m, size);
                        char *message = NULL;

                        /* cut between two leases it is a whole message */
                        if (lru_cache_parse(header, &cache, &message) < 0)
                                assert_non_null(message);
                        else
                                assert_true(cache.n_leases < 3);
                        free(message);
                        free(header);
                }
                for (int round = 0; round < 50000; round++) {
                        struct nlmsghdr *header = message_copy(m, 0);
                        char *message = NULL;

                        message_spoil(header);
                        if (lru_cache_parse(header, &cache, &message) >= 0) {
                                assert_true(cache.n_leases <= MEMCTL_LEASES_MAX);
                                assert_true(cache.longest_seconds > 0);
                                assert_true(cache.supported == (cache.reason[0] == '\0'));
                        } else
                                assert_non_null(message);
                        free(message);
                        free(header);
                }
                nlmsg_free(m);
        }
}

static void test_no_module(void **state)
{
        char *root = tree_make(), *message = NULL;
        struct lru_cache cache;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        assert_int_equal(lru_cache_read(tree, &cache, &message), 0);
        assert_false(cache.loaded);
        assert_false(cache.supported);
        assert_non_null(strstr(cache.reason, "a tree"));
        tree->live = true; /* as if it were the machine's own */
        assert_int_equal(lru_cache_read(tree, &cache, &message), 0);
        assert_false(cache.loaded);
        assert_string_equal(cache.reason, "memctl.ko is not loaded");
        assert_null(message);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_supported), cmocka_unit_test(test_unsupported),
                cmocka_unit_test(test_nobody_named),
                cmocka_unit_test(test_refused),   cmocka_unit_test(test_leases_refused),
                cmocka_unit_test(test_held),      cmocka_unit_test(test_broken_bytes),
                cmocka_unit_test(test_no_module),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
