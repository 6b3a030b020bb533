/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/evacuate.h"
#include "uapi/memctl.h"
#include "message.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define START UINT64_C(0x100000)
#define END   UINT64_C(0x118000)

static const struct evacuation before = {
        .start = START,
        .end = END,
        .next = START + 8,
        .pages_max = 4,
        .moved = 3,
        .failed = 1,
};

static int parse(uint64_t next, bool whole, struct evacuation *ret, char **message)
{
        struct nl_msg *m = message_new(MEMCTL_C_EVACUATE);
        struct nlmsghdr *header;
        int r;

        assert_false(nla_put_u64(m, MEMCTL_A_NEXT_PFN, next));
        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, 5));
        if (whole)
                assert_false(nla_put_u64(m, MEMCTL_A_FAILED, 2));
        header = message_copy(m, 0);
        r = evacuate_parse(header, &before, ret, message);
        free(header);
        nlmsg_free(m);
        return r;
}

static void test_a_message_counts_from_the_beginning(void **state)
{
        struct evacuation now = { 0 };
        char *message = NULL;

        (void) state;

        for (int i = 0; i < 2; i++) {
                assert_int_equal(parse(END, true, &now, &message), 0);
                assert_int_equal(now.next, END);
                assert_int_equal(now.moved, 8);
                assert_int_equal(now.failed, 3);
                assert_int_equal(now.pages_max, 4);
        }
        assert_null(message);
}

static void test_what_cannot_be(void **state)
{
        struct evacuation now = before;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(START + 7, true, &now, &message), -EBADMSG);
        assert_non_null(message);
        free(message);
        message = NULL;
        assert_int_equal(parse(END + 1, true, &now, &message), -EBADMSG);
        free(message);
        message = NULL;
        assert_int_equal(parse(END, false, &now, &message), -EBADMSG);
        free(message);
        assert_int_equal(now.next, START + 8);
        assert_int_equal(now.moved, 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_message_counts_from_the_beginning),
                cmocka_unit_test(test_what_cannot_be),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
