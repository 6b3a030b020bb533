/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/warm.h"
#include "message.h"
#include "says.h"
#include "tree.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096

/* What a reserve says of itself. */
struct said {
        uint64_t target, pages, longest;
        int64_t node; /* -1: nothing */
        bool is_short;
        int but; /* an attribute that is left out */
};

static struct nl_msg *make(const struct said *said)
{
        struct nl_msg *m = message_new(MEMCTL_C_WARM);
        struct nlattr *nest = nla_nest_start(m, MEMCTL_A_WARM);
        const struct {
                int type;
                uint64_t value;
        } numbers[] = {
                { MEMCTL_W_TARGET, said->target },
                { MEMCTL_W_PAGES, said->pages },
                { MEMCTL_W_LONGEST, said->longest },
                { MEMCTL_W_SERVED, 7 },
                { MEMCTL_W_MISSED, 2 },
                { MEMCTL_W_GIVEN, 512 },
                { MEMCTL_W_FILLED, UINT64_MAX },
        };

        assert_non_null(nest);
        for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
                if (numbers[i].type != said->but)
                        assert_false(nla_put_u64(m, numbers[i].type, numbers[i].value));
        if (said->but != MEMCTL_W_RUNS)
                assert_false(nla_put_u32(m, MEMCTL_W_RUNS, 3));
        if (said->node >= 0)
                assert_false(nla_put_u32(m, MEMCTL_W_NODE, (uint32_t) said->node));
        if (said->is_short)
                assert_false(nla_put_flag(m, MEMCTL_W_SHORT));
        nla_nest_end(m, nest);
        return m;
}

static int parse(const struct said *said, struct warm_reserve *ret, char **message)
{
        struct nl_msg *m = make(said);
        struct nlmsghdr *header = message_copy(m, 0);
        int r = warm_parse(header, PAGE, ret, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_parse(void **state)
{
        struct said said = { .target = 16384, .pages = 4096, .longest = 2048, .node = -1 };
        struct warm_reserve reserve;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(&said, &reserve, &message), 0);
        assert_null(message);
        assert_int_equal(reserve.target_bytes, 64 << 20);
        assert_int_equal(reserve.bytes, 16 << 20);
        assert_int_equal(reserve.longest_bytes, 8 << 20);
        assert_int_equal(reserve.runs, 3);
        assert_int_equal(reserve.node, WARM_ANY_NODE);
        assert_false(reserve.is_short);
        assert_int_equal(reserve.served, 7);
        assert_int_equal(reserve.missed, 2);
        assert_int_equal(reserve.given_bytes, 512 * PAGE);
        assert_true(reserve.filled_bytes == UINT64_MAX); /* more than can be said */

        said.node = 1;
        said.is_short = true;
        assert_int_equal(parse(&said, &reserve, &message), 0);
        assert_int_equal(reserve.node, 1);
        assert_true(reserve.is_short);
}

static void test_nonsense(void **state)
{
        struct said said = { .target = 1, .pages = 1, .longest = 2, .node = -1 };
        struct warm_reserve reserve = { .runs = 77 };
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(&said, &reserve, &message), -EBADMSG);
        assert_says(&message, "the longest run of the warm reserve has 2 pages, the reserve 1");
        said.longest = 1;
        said.node = (int64_t) INT_MAX + 1;
        assert_int_equal(parse(&said, &reserve, &message), -EBADMSG);
        assert_says(&message, "2147483648 is no node");
        said.node = -1;
        for (int type = MEMCTL_W_TARGET; type <= MEMCTL_W_MAX; type++) {
                if (type == MEMCTL_W_NODE || type == MEMCTL_W_SHORT)
                        continue;
                said.but = type;
                assert_int_equal(parse(&said, &reserve, &message), -EBADMSG);
                assert_says(&message, "missing");
        }
        assert_int_equal(reserve.runs, 77);
}

/* A tree that is no running machine's has no reserve, and bytes that are no pages are refused before that.
 */
static void test_no_machine(void **state)
{
        char *root = tree_make(), *message = NULL;
        struct warm_reserve reserve;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        tree->page_size = PAGE;
        assert_int_equal(warm_read(tree, &reserve, &message), 0);
        assert_int_equal(warm_set(tree, PAGE, WARM_ANY_NODE, &reserve, &message), 0);
        assert_null(message);
        assert_int_equal(warm_set(tree, PAGE + 1, 0, &reserve, &message), -EINVAL);
        assert_says(&message, "expected whole pages");
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse),
                cmocka_unit_test(test_nonsense),
                cmocka_unit_test(test_no_machine),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
