/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/lru_hot.h"
#include "uapi/memctl.h"
#include "message.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse(struct nl_msg *m, uint64_t *words, size_t n_words, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = lru_hot_parse(header, words, n_words, message);

        free(header);
        return r;
}

static void test_answers(void **state)
{
        static const uint64_t sent[4] = { 1, 0, UINT64_MAX, UINT64_C(1) << 63 };
        struct nl_msg *m = message_new(MEMCTL_C_LRU_HOT);
        _cleanup_free_ char *message = NULL;
        uint64_t words[4];

        (void) state;

        assert_int_equal(parse(m, words, 4, &message), -EBADMSG); /* nothing is said */
        free(message);
        message = NULL;
        assert_false(nla_put(m, MEMCTL_A_LRU_HOT, sizeof(sent), sent));
        assert_int_equal(parse(m, words, 4, &message), 0);
        assert_memory_equal(words, sent, sizeof(sent));
        assert_null(message);
        assert_int_equal(parse(m, words, 3, &message), -EBADMSG);
        assert_non_null(strstr(message, "other pages"));
        free(message);
        message = NULL;
        assert_false(nla_put(m, MEMCTL_A_LRU_HOT, sizeof(sent), sent));
        assert_int_equal(parse(m, words, 4, &message), -EBADMSG); /* twice */
        nlmsg_free(m);
}

static void test_spoiled(void **state)
{
        static const uint64_t sent[64];
        struct nl_msg *m = message_new(MEMCTL_C_LRU_HOT);

        (void) state;

        assert_false(nla_put(m, MEMCTL_A_LRU_HOT, sizeof(sent), sent));
        for (int i = 0; i < 3000; i++) {
                struct nlmsghdr *header = message_copy(m, 0);
                char *message = NULL;
                uint64_t words[64];

                message_spoil(header);
                if (lru_hot_parse(header, words, 64, &message) < 0)
                        assert_non_null(message);
                free(message);
                free(header);
        }
        nlmsg_free(m);
}

static void test_switch(void **state)
{
        static const struct {
                const char *text;
                bool on;
        } cases[] = { { "0x0000\n", false },
                      { "0x0007\n", true },
                      { "0x0001\n", true },
                      { "0x0006\n", false },
                      { "enabled\n", true } };
        struct tree *tree = NULL;
        char *root = tree_make();

        (void) state;

        tree_block(root, 0, "online", "Movable", "1");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        assert_false(lru_gen_is_on(tree));
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                tree_text(root, "sys/kernel/mm/lru_gen/enabled", cases[i].text);
                assert_int_equal(lru_gen_is_on(tree), cases[i].on);
                tree_unlink(root, "sys/kernel/mm/lru_gen/enabled");
        }
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_answers),
                cmocka_unit_test(test_spoiled),
                cmocka_unit_test(test_switch),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
