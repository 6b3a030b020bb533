/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/evacuate.h"
#include "message.h"
#include "tree.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define START UINT64_C(0x100000000)
#define END   UINT64_C(0x100018000)

static struct evacuation begun(void)
{
        return (struct evacuation){
                .start_pfn = START, .end_pfn = END, .node = EVACUATE_NODE_ANY, .next_pfn = START
        };
}

static struct nl_msg *make(uint64_t next, uint64_t moved, uint64_t failed)
{
        struct nl_msg *m = message_new(MEMCTL_C_EVACUATE);

        assert_false(nla_put_u64(m, MEMCTL_A_NEXT_PFN, next));
        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, moved));
        assert_false(nla_put_u64(m, MEMCTL_A_FAILED, failed));
        return m;
}

static int parse(struct nl_msg *m, struct evacuation *evacuation, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = evacuate_parse(header, evacuation, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_answers_add_up(void **state)
{
        struct evacuation evacuation = begun();
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(make(START + 0x8000, 5, 1), &evacuation, &message), 0);
        assert_int_equal(parse(make(START + 0x8000, 0, 0), &evacuation, &message), 0);
        assert_int_equal(parse(make(END, 7, 2), &evacuation, &message), 0);
        assert_null(message);
        assert_int_equal(evacuation.next_pfn, END);
        assert_int_equal(evacuation.moved, 12);
        assert_int_equal(evacuation.failed, 3);
}

static void check_refused(struct nl_msg *m, const char *says)
{
        struct evacuation evacuation = begun(), before;
        char *message = NULL;

        evacuation.next_pfn = START + 0x1000;
        before = evacuation;
        assert_int_equal(parse(m, &evacuation, &message), -EBADMSG);
        assert_memory_equal(&evacuation, &before, sizeof(before));
        assert_non_null(message);
        if (!strstr(message, says))
                fail_msg("\"%s\" is not in: %s", says, message);
        free(message);
}

static void test_refused(void **state)
{
        struct nl_msg *m;

        (void) state;

        check_refused(message_new(MEMCTL_C_EVACUATE), "next pfn is missing");
        check_refused(make(START, 0, 0), "is now at");
        check_refused(make(END + 1, 0, 0), "is now at");
        check_refused(make(UINT64_MAX, 0, 0), "is now at");
        m = make(END, 1, 1);
        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, 1));
        check_refused(m, "moved is there twice");
        m = message_new(MEMCTL_C_EVACUATE);
        assert_false(nla_put_u32(m, MEMCTL_A_NEXT_PFN, 1));
        check_refused(m, "next pfn has a bad length");
}

static void test_broken_bytes(void **state)
{
        struct nl_msg *m = make(END, 1, 2);

        (void) state;

        srandom(1);
        for (int round = 0; round < 20000; round++) {
                struct nlmsghdr *header = message_copy(m, 0);
                struct evacuation evacuation = begun();
                char *message = NULL;

                message_spoil(header);
                if (evacuate_parse(header, &evacuation, &message) < 0)
                        assert_non_null(message);
                assert_true(evacuation.next_pfn >= START && evacuation.next_pfn <= END);
                free(message);
                free(header);
        }
        nlmsg_free(m);
}

/* Steps of a module that is in a test. */
static unsigned int n_steps;

static int step(struct evacuation *evacuation, char **message)
{
        (void) message;

        evacuation->next_pfn += 0x8000;
        evacuation->moved += 3;
        n_steps++;
        return 0;
}

static int step_in_vain(struct evacuation *evacuation, char **message)
{
        (void) evacuation, (void) message;

        n_steps++;
        return 0;
}

static int step_that_fails(struct evacuation *evacuation, char **message)
{
        if (evacuation->next_pfn == START)
                return step(evacuation, message);
        *message = strdup("broken");
        return -EIO;
}

static bool go_on(void *userdata, const struct evacuation *evacuation)
{
        const uint64_t *enough = userdata;

        return evacuation->moved < *enough;
}

static void test_range(void **state)
{
        struct evacuation evacuation = begun();
        uint64_t enough = UINT64_MAX;
        char *message = NULL;

        (void) state;

        n_steps = 0;
        assert_int_equal(evacuate_range(&evacuation, step, go_on, &enough, &message), 0);
        assert_int_equal(n_steps, 3);
        assert_int_equal(evacuation.moved, 9);
        assert_null(message);

        enough = 6;
        assert_int_equal(evacuate_range(&evacuation, step, go_on, &enough, &message), -ECANCELED);
        assert_int_equal(evacuation.next_pfn, START + 0x10000);
        assert_string_equal(message, "cancelled");
        free(message);
        message = NULL;

        enough = UINT64_MAX;
        assert_int_equal(evacuate_range(&evacuation, step_that_fails, go_on, &enough, &message), -EIO);
        assert_int_equal(evacuation.moved, 3);
        free(message);
        message = NULL;

        n_steps = 0;
        assert_int_equal(evacuate_range(&evacuation, step_in_vain, go_on, &enough, &message), -EINTR);
        assert_in_range(n_steps, 2, 1000);
        assert_int_equal(evacuation.next_pfn, START);
        free(message);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_answers_add_up),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_broken_bytes),
                cmocka_unit_test(test_range),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
