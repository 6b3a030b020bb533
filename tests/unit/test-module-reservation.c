/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl.ko tells of reservations, and what is made of ranges that are to be left out.
 */
#include "daemon/module/reserver.h"
#include "message.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING (-1)

/* Of a reservation, with all it may have but one attribute. */
static void put_but(struct nl_msg *m, int but, uint64_t start, uint64_t align)
{
        struct nlattr *nest = nla_nest_start(m, MEMCTL_A_RESERVATION);
        const struct {
                int attribute;
                uint64_t value;
        } numbers[] = {
                { MEMCTL_RV_ID, 5 },        { MEMCTL_RV_START_PFN, start }, { MEMCTL_RV_PAGES, 4096 },
                { MEMCTL_RV_ALIGN, align }, { MEMCTL_RV_HELD, 1500000000 }, { MEMCTL_RV_MOVED, 77 },
        };
        const struct {
                int attribute;
                const char *text;
        } texts[] = {
                { MEMCTL_RV_NAME, "camera" },
                { MEMCTL_RV_AREA, "linux,cma" },
                { MEMCTL_RV_ZONE, "DMA32" },
                { MEMCTL_RV_COMM, "mem\nctld" },
        };

        assert_non_null(nest);
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                if (numbers[i].attribute != but)
                        assert_false(nla_put_u64(m, numbers[i].attribute, numbers[i].value));
        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (texts[i].attribute != but)
                        assert_false(nla_put_string(m, texts[i].attribute, texts[i].text));
        if (but != MEMCTL_RV_NODE)
                assert_false(nla_put_u32(m, MEMCTL_RV_NODE, 1));
        if (but != MEMCTL_RV_PID)
                assert_false(nla_put_u32(m, MEMCTL_RV_PID, 4711));
        nla_nest_end(m, nest);
}

static int parse(struct nl_msg *m, struct reservation *ret, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = reservation_parse(header, ret, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static int parse_step(struct nl_msg *m, struct reservation_step *ret, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = reservation_parse_step(header, ret, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static struct nl_msg *make_but(int but)
{
        struct nl_msg *m = message_new(MEMCTL_C_RESERVATION);

        put_but(m, but, 0x140000, 512);
        return m;
}

static void test_listed(void **state)
{
        struct reservation what;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(make_but(NOTHING), &what, &message), 0);
        assert_int_equal(what.id, 5);
        assert_string_equal(what.name, "camera");
        assert_string_equal(what.area, "linux,cma");
        assert_int_equal(what.start_pfn, 0x140000);
        assert_int_equal(what.pages, 4096);
        assert_int_equal(what.align, 512);
        assert_int_equal(what.node, 1);
        assert_string_equal(what.zone, "DMA32");
        assert_int_equal(what.pid, 4711);
        assert_string_equal(what.command, "mem?ctld");
        assert_int_equal(what.held_nsecs, 1500000000);
        assert_int_equal(what.moved, 77);

        assert_int_equal(parse(make_but(MEMCTL_RV_NAME), &what, &message), 0);
        assert_string_equal(what.name, "");
        assert_int_equal(parse(make_but(MEMCTL_RV_AREA), &what, &message), 0);
        assert_string_equal(what.area, "");
        assert_null(message);
}

static void test_missing_and_senseless(void **state)
{
        struct reservation what = { .id = 3 };
        char *message = NULL;
        struct nl_msg *m;

        (void) state;

        for (int but = MEMCTL_RV_ID; but <= MEMCTL_RV_MAX; but++) {
                if (but == MEMCTL_RV_NAME || but == MEMCTL_RV_AREA)
                        continue;
                assert_int_equal(parse(make_but(but), &what, &message), -EBADMSG);
                assert_says(&message, "is missing");
        }
        assert_int_equal(parse(message_new(MEMCTL_C_RESERVATION), &what, &message), -EBADMSG);
        assert_says(&message, "reservation");
        for (uint64_t align = 0; align < 8; align += 3) { /* no power of two, or not a multiple of it */
                m = message_new(MEMCTL_C_RESERVATION);
                put_but(m, NOTHING, 0x140001, align == 6 ? 2 : align);
                assert_int_equal(parse(m, &what, &message), -EBADMSG);
                assert_says(&message, "memctl.ko tells of reservation 5");
        }
        m = message_new(MEMCTL_C_RESERVATION);
        put_but(m, NOTHING, UINT64_MAX - 100, 1); /* beyond all pfns */
        assert_int_equal(parse(m, &what, &message), -EBADMSG);
        assert_says(&message, "memctl.ko tells of reservation 5");
        assert_int_equal(what.id, 3);
}

static void test_steps(void **state)
{
        struct reservation_step step = { 0 };
        char *message = NULL;
        struct nl_msg *m = message_new(MEMCTL_C_RESERVE);

        (void) state;

        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, 10));
        assert_false(nla_put_u64(m, MEMCTL_A_FAILED, 2));
        assert_int_equal(parse_step(m, &step, &message), 0);
        assert_int_equal(step.moved, 10);
        assert_int_equal(step.failed, 2);
        assert_int_equal(step.made.id, 0);

        m = message_new(MEMCTL_C_RESERVE);
        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, 20));
        assert_false(nla_put_u64(m, MEMCTL_A_FAILED, 3));
        put_but(m, NOTHING, 0, 1);
        assert_int_equal(parse_step(m, &step, &message), 0);
        assert_int_equal(step.made.id, 5);

        m = message_new(MEMCTL_C_RESERVE);
        assert_false(nla_put_u64(m, MEMCTL_A_MOVED, 20));
        assert_int_equal(parse_step(m, &step, &message), -EBADMSG);
        assert_says(&message, "is missing");
        assert_int_equal(step.failed, 3);
}

/* Cut off anywhere, or with bytes changed, it is an error or makes sense. */
static void test_spoilt(void **state)
{
        struct nl_msg *m = make_but(NOTHING);
        struct reservation what;
        char *message = NULL;

        (void) state;

        srandom(1);
        for (int i = 0; i < 20000; i++) {
                size_t size = nlmsg_hdr(m)->nlmsg_len;
                struct nlmsghdr *header = message_copy(
                        m, i % 2 ? NLMSG_HDRLEN + (size_t) random() % (size - NLMSG_HDRLEN) : 0);

                if (header->nlmsg_len > NLMSG_HDRLEN)
                        message_spoil(header);
                if (reservation_parse(header, &what, &message) < 0) {
                        assert_non_null(message);
                        free(message);
                        message = NULL;
                } else
                        assert_true(what.id > 0 && what.start_pfn % what.align == 0);
                free(header);
        }
        nlmsg_free(m);
}

static void test_join(void **state)
{
        struct pfn_range ranges[] = { { 0, 10 }, { 20, 30 }, { 31, 40 }, { 100, 110 }, { 115, 120 } };

        (void) state;

        assert_int_equal(reserver_join(ranges, 5, 5), 5);
        assert_int_equal(reserver_join(ranges, 5, 3), 3);
        assert_int_equal(ranges[1].start, 20);
        assert_int_equal(ranges[1].end, 40);
        assert_int_equal(ranges[2].start, 100);
        assert_int_equal(ranges[2].end, 120);
        assert_int_equal(reserver_join(ranges, 3, 1), 1);
        assert_int_equal(ranges[0].start, 0);
        assert_int_equal(ranges[0].end, 120);
        assert_int_equal(reserver_join(NULL, 0, 1), 0);
}

/* Where nothing can be reserved, nobody is asked. */
static void test_refused(void **state)
{
        char *root = tree_make(), *message = NULL;
        struct reservation_list list = { 0 };
        struct reserver *reserver = NULL;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        assert_int_equal(reserver_new(tree, &reserver, &message), -EOPNOTSUPP);
        assert_says(&message, "is not the running machine");
        tree->live = true; /* as if it were the machine's own */
        assert_int_equal(reserver_new(tree, &reserver, &message), -EOPNOTSUPP);
        assert_says(&message, "memctl.ko is not loaded");
        assert_int_equal(reservation_list_read(tree, &list, &message), 0);
        assert_int_equal(list.n, 0);
        assert_null(message);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_listed), cmocka_unit_test(test_missing_and_senseless),
                cmocka_unit_test(test_steps),  cmocka_unit_test(test_spoilt),
                cmocka_unit_test(test_join),   cmocka_unit_test(test_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
