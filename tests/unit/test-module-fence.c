/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/fence.h"
#include "uapi/memctl.h"
#include "message.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

#define START UINT64_C(0x100000)
#define END   UINT64_C(0x118000)

static void put_fence(struct nl_msg *m, uint64_t id, uint64_t start, uint64_t end, uint64_t held)
{
        struct nlattr *nest = nla_nest_start(m, MEMCTL_A_FENCE);

        assert_non_null(nest);
        assert_false(nla_put_u64(m, MEMCTL_FENCE_A_ID, id));
        assert_false(nla_put_u64(m, MEMCTL_FENCE_A_START_PFN, start));
        assert_false(nla_put_u64(m, MEMCTL_FENCE_A_END_PFN, end));
        assert_false(nla_put_u64(m, MEMCTL_FENCE_A_HELD, held));
        assert_false(nla_put_u64(m, MEMCTL_FENCE_A_GIVEN, 0));
        nla_nest_end(m, nest);
}

static struct nl_msg *make_step(uint64_t next, uint64_t failed)
{
        struct nl_msg *m = message_new(MEMCTL_C_FENCE_HOLD);

        put_fence(m, 7, START, END, 512);
        assert_false(nla_put_u64(m, MEMCTL_A_NEXT_PFN, next));
        assert_false(nla_put_u64(m, MEMCTL_A_FAILED, failed));
        return m;
}

static struct nl_msg *make_fell(int command, uint64_t held, uint32_t cause)
{
        struct nl_msg *m = message_new(command);

        put_fence(m, 7, START, END, held);
        assert_false(nla_put_u32(m, MEMCTL_A_FENCE_CAUSE, cause));
        return m;
}

static int parse_step(struct nl_msg *m, struct fence_hold *hold, struct fence_state *state, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = fence_parse_step(header, hold, state, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static int parse_fell(struct nl_msg *m, struct fence_state *state, enum memctl_fence_cause *cause,
                      char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = fence_parse_fell(header, state, cause, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_steps_add_up(void **state)
{
        struct fence_hold hold = { .start = START, .end = END, .next = START, .failed = 3 };
        struct fence_state fence = { 0 };
        char *message = NULL;

        (void) state;

        assert_int_equal(parse_step(make_step(START + 0x1000, 2), &hold, &fence, &message), 0);
        assert_int_equal(parse_step(make_step(END, 0), &hold, &fence, &message), 0);
        assert_null(message);
        assert_int_equal(hold.next, END);
        assert_int_equal(hold.failed, 5);
        assert_int_equal(fence.id, 7);
        assert_int_equal(fence.held, 512);
}

static void check_step_refused(struct nl_msg *m, const char *says)
{
        struct fence_hold hold = { .start = START, .end = END, .next = START + 0x1000 }, before = hold;
        struct fence_state fence = { 0 };
        char *message = NULL;

        assert_int_equal(parse_step(m, &hold, &fence, &message), -EBADMSG);
        assert_memory_equal(&hold, &before, sizeof(before));
        assert_says(&message, says);
}

static void test_steps_refused(void **state)
{
        struct nl_msg *m;

        (void) state;

        check_step_refused(make_step(START, 0), "is now at");
        check_step_refused(make_step(END + 1, 0), "is now at");
        check_step_refused(make_step(START + 0x1001, 2), "failed with 2 pages");
        check_step_refused(message_new(MEMCTL_C_FENCE_HOLD), "fence is missing");
        m = message_new(MEMCTL_C_FENCE_HOLD);
        put_fence(m, 7, START, END, 0);
        check_step_refused(m, "did not say how far");
        m = message_new(MEMCTL_C_FENCE_HOLD);
        put_fence(m, 0, START, END, 0);
        check_step_refused(m, "tells of fence 0");
        m = message_new(MEMCTL_C_FENCE_HOLD);
        put_fence(m, 7, END, START, 0);
        check_step_refused(m, "tells of fence 7");
        m = message_new(MEMCTL_C_FENCE_HOLD);
        put_fence(m, 7, START, END, END - START + 1);
        check_step_refused(m, "that holds");
}

static void test_a_fence_fell(void **state)
{
        enum memctl_fence_cause cause = MEMCTL_FENCE_DROPPED;
        struct fence_state fence = { 0 };
        char *message = NULL;

        (void) state;

        assert_int_equal(parse_fell(make_fell(MEMCTL_C_FENCE_FELL, 9, MEMCTL_FENCE_OUT_OF_MEMORY), &fence,
                                    &cause, &message),
                         0);
        assert_int_equal(cause, MEMCTL_FENCE_OUT_OF_MEMORY);
        assert_int_equal(fence.start, START);
        assert_int_equal(fence.held, 9);

        /* other events are none of its business */
        assert_int_equal(parse_fell(make_fell(MEMCTL_C_FENCE_HELD, 9, 0), &fence, &cause, &message),
                         -ENOMSG);
        assert_int_equal(parse_fell(message_new(MEMCTL_C_LRU_HELD), &fence, &cause, &message), -ENOMSG);
        assert_null(message);

        assert_int_equal(parse_fell(message_new(MEMCTL_C_FENCE_FELL), &fence, &cause, &message), -EBADMSG);
        assert_non_null(message);
        free(message);
}

static void test_broken_bytes(void **state)
{
        struct nl_msg *step = make_step(END, 1), *fell = make_fell(MEMCTL_C_FENCE_FELL, 1, 2);

        (void) state;

        srandom(1);
        for (int round = 0; round < 20000; round++) {
                struct nlmsghdr *header = message_copy(round % 2 ? step : fell, 0);
                struct fence_hold hold = { .start = START, .end = END, .next = START };
                struct fence_state fence = { .id = 1, .start = START, .end = END };
                enum memctl_fence_cause cause;
                char *message = NULL;
                int r;

                message_spoil(header);
                r = round % 2 ? fence_parse_step(header, &hold, &fence, &message)
                              : fence_parse_fell(header, &fence, &cause, &message);
                if (r < 0 && r != -ENOMSG)
                        assert_non_null(message);
                assert_true(hold.next >= START && hold.next <= END);
                assert_true(fence.id != 0 && fence.start < fence.end &&
                            fence.held <= fence.end - fence.start);
                free(message);
                free(header);
        }
        nlmsg_free(step);
        nlmsg_free(fell);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_steps_add_up),
                cmocka_unit_test(test_steps_refused),
                cmocka_unit_test(test_a_fence_fell),
                cmocka_unit_test(test_broken_bytes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
