/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/compact.h"
#include "message.h"
#include "says.h"
#include "tree.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <stdlib.h>

static int parse(bool whole, uint32_t end, struct compaction_step *ret, char **message)
{
        struct nl_msg *m = message_new(MEMCTL_C_COMPACT);
        struct nlmsghdr *header;
        int r;

        assert_false(nla_put_u64(m, MEMCTL_A_EMPTIED, 94));
        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, 2393));
        assert_false(nla_put_u64(m, MEMCTL_A_CURSOR, UINT64_C(1) << 62));
        if (whole)
                assert_false(nla_put_u64(m, MEMCTL_A_FAILED, 2));
        if (end > 0)
                assert_false(nla_put_u32(m, MEMCTL_A_COMPACT_END, end));
        header = message_copy(m, 0);
        r = compaction_parse(header, ret, message);
        free(header);
        nlmsg_free(m);
        return r;
}

static void test_a_message(void **state)
{
        struct compaction_step step;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(true, 0, &step, &message), 0);
        assert_int_equal(step.emptied, 94);
        assert_int_equal(step.moved, 2393);
        assert_int_equal(step.failed, 2);
        assert_int_equal(step.cursor, UINT64_C(1) << 62);
        assert_int_equal(step.end, 0);
        assert_int_equal(parse(true, MEMCTL_COMPACT_NO_ROOM, &step, &message), 0);
        assert_int_equal(step.end, MEMCTL_COMPACT_NO_ROOM);
        assert_null(message);
}

static void test_what_cannot_be(void **state)
{
        struct compaction_step step;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(false, 0, &step, &message), -EBADMSG);
        assert_says(&message, "failed");
        assert_int_equal(parse(true, 99, &step, &message), -EBADMSG);
        assert_says(&message, "ended for reason 99");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_message),
                cmocka_unit_test(test_what_cannot_be),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
