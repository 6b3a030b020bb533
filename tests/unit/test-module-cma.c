/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma.h"
#include "daemon/module/cma_parse.h"
#include "daemon/module/cma_told.h"
#include "message.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING (-1)

/* An area of two ranges, 0x1000 to 0x1400 and 0x2000 to 0x2400. */
#define PAGES 0x800

static void put_range(struct nl_msg *m, uint64_t start, uint64_t end)
{
        struct nlattr *nest = nla_nest_start(m, MEMCTL_CMA_A_RANGE);

        assert_non_null(nest);
        assert_false(nla_put_u64(m, MEMCTL_CMA_R_START_PFN, start));
        assert_false(nla_put_u64(m, MEMCTL_CMA_R_END_PFN, end));
        nla_nest_end(m, nest);
}

static void put_one(struct nl_msg *m, int type)
{
        uint64_t by_order[MEMCTL_CMA_ORDERS] = { [1] = 5, [23] = 6 };
        uint64_t by_cause[] = { 1, 0, 2, 0, 0, 0, 0, 0, 0, 40 }; /* the last is none that we know */

        switch (type) {
        case MEMCTL_CMA_A_RANGE:
                put_range(m, 0x1000, 0x1400);
                put_range(m, 0x2000, 0x2400);
                break;
        case MEMCTL_CMA_A_NAME:
                assert_false(nla_put_string(m, type, "linux,cma"));
                break;
        case MEMCTL_CMA_A_ZONE:
                assert_false(nla_put_string(m, type, "DMA32"));
                break;
        case MEMCTL_CMA_A_NODE:
        case MEMCTL_CMA_A_ORDER_PER_BIT:
                assert_false(nla_put_u32(m, type, 1));
                break;
        case MEMCTL_CMA_A_START_PFN:
                assert_false(nla_put_u64(m, type, 0x1000));
                break;
        case MEMCTL_CMA_A_END_PFN:
                assert_false(nla_put_u64(m, type, 0x2400));
                break;
        case MEMCTL_CMA_A_PAGES:
                assert_false(nla_put_u64(m, type, PAGES));
                break;
        case MEMCTL_CMA_A_USED:
                assert_false(nla_put_u64(m, type, 0x400));
                break;
        case MEMCTL_CMA_A_BY_ORDER:
                assert_false(nla_put(m, type, sizeof(by_order), by_order));
                break;
        case MEMCTL_CMA_A_BY_CAUSE:
                assert_false(nla_put(m, type, sizeof(by_cause), by_cause));
                break;
        default:
                assert_false(nla_put_u64(m, type, (unsigned int) type));
        }
}

/* All attributes but one. */
static struct nl_msg *begin(int but, struct nlattr **nest)
{
        struct nl_msg *m = message_new(MEMCTL_C_CMA);

        *nest = nla_nest_start(m, MEMCTL_A_CMA_AREA);
        assert_non_null(*nest);
        for (int type = MEMCTL_CMA_A_NAME; type <= MEMCTL_CMA_A_LOST; type++)
                if (type != but)
                        put_one(m, type);
        return m;
}

static struct nl_msg *end(struct nl_msg *m, struct nlattr *nest)
{
        nla_nest_end(m, nest);
        return m;
}

static struct nl_msg *make(void)
{
        struct nlattr *nest;
        struct nl_msg *m = begin(NOTHING, &nest);

        return end(m, nest);
}

static int parse(struct nl_msg *m, struct module_cma_area *area, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = module_cma_parse(header, area, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_area(void **state)
{
        struct module_cma_area area;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(make(), &area, &message), 0);
        assert_null(message);
        assert_string_equal(area.name, "linux,cma");
        assert_string_equal(area.zone, "DMA32");
        assert_int_equal(area.node, 1);
        assert_int_equal(area.n_ranges, 2);
        assert_int_equal(area.ranges[1].start, 0x2000);
        assert_int_equal(area.pages, PAGES);
        assert_int_equal(area.used, 0x400);
        assert_int_equal(area.largest_free, MEMCTL_CMA_A_LARGEST_FREE);
        assert_int_equal(area.free_runs, MEMCTL_CMA_A_FREE_RUNS);
        assert_int_equal(area.before, MEMCTL_CMA_A_BEFORE);
        assert_int_equal(area.unknown, MEMCTL_CMA_A_UNKNOWN);
        assert_int_equal(area.succeeded, MEMCTL_CMA_A_SUCCEEDED);
        assert_int_equal(area.failed, MEMCTL_CMA_A_FAILED);
        assert_int_equal(area.released, MEMCTL_CMA_A_RELEASED);
        assert_int_equal(area.retried, MEMCTL_CMA_A_RETRIED);
        assert_int_equal(area.migrated, MEMCTL_CMA_A_MIGRATED);
        assert_int_equal(area.peak, MEMCTL_CMA_A_PEAK);
        assert_int_equal(area.needed, MEMCTL_CMA_A_NEEDED);
        assert_int_equal(area.align_max, MEMCTL_CMA_A_ALIGN_MAX);
        assert_int_equal(area.lost, MEMCTL_CMA_A_LOST);
        assert_int_equal(area.by_order[1], 5);
        assert_int_equal(area.by_order[23], 6);
        assert_int_equal(area.by_cause[MEMCTL_CMA_TOO_SMALL], 2);
        assert_int_equal(area.by_cause[MEMCTL_CMA_UNKNOWN], 41);
}

static void check_refused(struct nl_msg *m, const char *says)
{
        struct module_cma_area area;
        char *message = NULL;

        assert_int_equal(parse(m, &area, &message), -EBADMSG);
        assert_says(&message, says);
}

/* What a kernel may not be able to tell is not told; the rest has to be there. */
static void test_missing(void **state)
{
        static const int optional[] = { MEMCTL_CMA_A_NODE,     MEMCTL_CMA_A_ZONE,     MEMCTL_CMA_A_RETRIED,
                                        MEMCTL_CMA_A_MIGRATED, MEMCTL_CMA_A_PEAK,     MEMCTL_CMA_A_NEEDED,
                                        MEMCTL_CMA_A_BY_ORDER, MEMCTL_CMA_A_BY_CAUSE, MEMCTL_CMA_A_ALIGN_MAX,
                                        MEMCTL_CMA_A_LOST };

        (void) state;

        check_refused(message_new(MEMCTL_C_CMA), "area is missing");
        for (int type = MEMCTL_CMA_A_NAME; type <= MEMCTL_CMA_A_LOST; type++) {
                struct module_cma_area area;
                char *message = NULL;
                struct nlattr *nest;
                struct nl_msg *m = begin(type, &nest);
                bool may_be = false;

                for (size_t i = 0; i < ELEMENTSOF(optional); i++)
                        may_be = may_be || optional[i] == type;
                end(m, nest);
                if (!may_be) {
                        check_refused(m, type == MEMCTL_CMA_A_RANGE ? "its ranges are not its pages"
                                                                    : "is missing");
                        continue;
                }
                assert_int_equal(parse(m, &area, &message), 0);
                if (type == MEMCTL_CMA_A_NODE)
                        assert_int_equal(area.node, -1);
                if (type == MEMCTL_CMA_A_NEEDED)
                        assert_true(area.needed == MODULE_CMA_NOT_TOLD);
        }
}

/* Of a type, another value than the right one. */
static struct nl_msg *with(int type, const void *data, int size)
{
        struct nlattr *nest;
        struct nl_msg *m = begin(type, &nest);

        assert_false(nla_put(m, type, size, data));
        return end(m, nest);
}

static struct nl_msg *with_number(int type, uint64_t number)
{
        return with(type, &number, sizeof(number));
}

/* Counted a moment apart: no reason to tell nothing. */
static void test_of_two_moments(void **state)
{
        struct module_cma_area area;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(with_number(MEMCTL_CMA_A_BEFORE, 0x401), &area, &message), 0);
        assert_int_equal(area.before, 0x400);
        assert_int_equal(parse(with_number(MEMCTL_CMA_A_UNKNOWN, UINT64_MAX), &area, &message), 0);
        assert_int_equal(area.unknown, PAGES - 0x400);
}

static void test_nonsense(void **state)
{
        uint32_t order = 63;
        struct nlattr *nest;
        struct nl_msg *m;

        (void) state;

        check_refused(with_number(MEMCTL_CMA_A_PAGES, PAGES + 1), "its ranges are not its pages");
        check_refused(with_number(MEMCTL_CMA_A_START_PFN, 0x1001), "its ranges are not its pages");
        check_refused(with(MEMCTL_CMA_A_ORDER_PER_BIT, &order, sizeof(order)), "its ranges are not");
        check_refused(with_number(MEMCTL_CMA_A_USED, PAGES + 1), "more pages than it has");
        check_refused(with_number(MEMCTL_CMA_A_LARGEST_FREE, 0x401), "more pages than it has");
        check_refused(with(MEMCTL_CMA_A_NAME, "a\x1b[1m", 6), "not printable");
        check_refused(with(MEMCTL_CMA_A_NAME, "", 1), "name has a bad length");
        check_refused(with(MEMCTL_CMA_A_BY_ORDER, "12345678", 8), "bad length");
        check_refused(with(MEMCTL_CMA_A_PEAK, "1234", 4), "bad length");

        m = begin(MEMCTL_CMA_A_RANGE, &nest);
        put_range(m, 0x2000, 0x2400);
        put_range(m, 0x1000, 0x1400);
        check_refused(end(m, nest), "not ascending");
        m = begin(MEMCTL_CMA_A_RANGE, &nest);
        put_range(m, 0x1000, 0x1000);
        check_refused(end(m, nest), "empty");
        m = begin(MEMCTL_CMA_A_RANGE, &nest);
        for (uint64_t i = 0; i <= MODULE_CMA_RANGES_MAX; i++)
                put_range(m, i, i + 1);
        check_refused(end(m, nest), "more than there can be");
}

static void test_broken_bytes(void **state)
{
        struct nl_msg *m = make();
        struct module_cma_area area;

        (void) state;

        for (size_t size = sizeof(struct nlmsghdr); size < nlmsg_hdr(m)->nlmsg_len; size++) {
                struct nlmsghdr *header = message_copy(m, size);
                char *message = NULL;

                assert_int_equal(module_cma_parse(header, &area, &message), -EBADMSG);
                free(message);
                free(header);
        }
        srandom(1);
        for (int round = 0; round < 50000; round++) {
                struct nlmsghdr *header = message_copy(m, 0);
                char *message = NULL;

                message_spoil(header);
                if (module_cma_parse(header, &area, &message) >= 0) {
                        assert_true(area.used <= area.pages && area.n_ranges <= MODULE_CMA_RANGES_MAX);
                        assert_null(message);
                } else
                        assert_non_null(message);
                free(message);
                free(header);
        }
        nlmsg_free(m);
}

static struct nl_msg *make_holder(uint64_t pages, bool before, const char *command, int command_size)
{
        struct nl_msg *m = message_new(MEMCTL_C_CMA_HOLDER);
        struct nlattr *nest = nla_nest_start(m, MEMCTL_A_CMA_HOLDER);

        assert_false(nla_put_u64(m, MEMCTL_H_START_PFN, 0x1200));
        assert_false(nla_put_u64(m, MEMCTL_H_PAGES, pages));
        if (!before) {
                assert_false(nla_put_u64(m, MEMCTL_H_ALIGN, 16));
                assert_false(nla_put_u32(m, MEMCTL_H_PID, 812));
                assert_false(nla_put(m, MEMCTL_H_COMM, command_size, command));
                assert_false(nla_put_string(m, MEMCTL_H_OWNER, "bcm2835_isp"));
                assert_false(nla_put_u64(m, MEMCTL_H_AGE, 7));
        }
        return end(m, nest);
}

static int parse_holder(struct nl_msg *m, struct module_cma_holder *holder, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = module_cma_parse_holder(header, holder, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_holders(void **state)
{
        struct module_cma_holder holder;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse_holder(make_holder(32, false, "camera", 7), &holder, &message), 0);
        assert_int_equal(holder.start, 0x1200);
        assert_int_equal(holder.pages, 32);
        assert_int_equal(holder.align, 16);
        assert_int_equal(holder.pid, 812);
        assert_int_equal(holder.age_nsecs, 7);
        assert_false(holder.before);
        assert_string_equal(holder.command, "camera");
        assert_string_equal(holder.owner, "bcm2835_isp");

        assert_int_equal(parse_holder(make_holder(1, true, NULL, 0), &holder, &message), 0);
        assert_true(holder.before);
        assert_int_equal(holder.pid, 0);
        assert_string_equal(holder.command, "");

        /* a process calls itself what it likes */
        assert_int_equal(parse_holder(make_holder(1, false, "\x1b[1m\n\xff", 7), &holder, &message), 0);
        assert_string_equal(holder.command, "?[1m??");
        assert_int_equal(parse_holder(make_holder(1, false, "", 1), &holder, &message), 0);
        assert_string_equal(holder.command, "");
        assert_int_equal(parse_holder(make_holder(1, false, "0123456789abcdef", 16), &holder, &message), 0);
        assert_string_equal(holder.command, "0123456789abcde");

        assert_int_equal(parse_holder(make_holder(0, false, "x", 2), &holder, &message), -EBADMSG);
        assert_says(&message, "no pages");
        assert_int_equal(parse_holder(make_holder(UINT64_MAX, false, "x", 2), &holder, &message), -EBADMSG);
        assert_says(&message, "no pages");
        assert_int_equal(parse_holder(make_holder(1, false, "0123456789abcdefg", 17), &holder, &message),
                         -EBADMSG);
        assert_says(&message, "command has a bad length");
}

static struct nl_msg *make_failure(uint32_t error, uint32_t cause, uint32_t class)
{
        struct nl_msg *m = message_new(MEMCTL_C_CMA_FAILURE);
        struct nlattr *nest = nla_nest_start(m, MEMCTL_A_CMA_FAILURE);
        static const int numbers[] = { MEMCTL_CF_SERIAL, MEMCTL_CF_PAGES,        MEMCTL_CF_ALIGN,
                                       MEMCTL_CF_FREE,   MEMCTL_CF_LARGEST_FREE, MEMCTL_CF_RETRIED,
                                       MEMCTL_CF_PFN,    MEMCTL_CF_AGE };

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                assert_false(nla_put_u64(m, numbers[i], (unsigned int) numbers[i]));
        assert_false(nla_put_string(m, MEMCTL_CF_NAME, "linux,cma"));
        assert_false(nla_put_u32(m, MEMCTL_CF_ERRNO, error));
        assert_false(nla_put_u32(m, MEMCTL_CF_CAUSE, cause));
        assert_false(nla_put_u32(m, MEMCTL_CF_CLASS, class));
        assert_false(nla_put_string(m, MEMCTL_CF_PAGE_OWNER, "anon"));
        assert_false(nla_put_string(m, MEMCTL_CF_OTHER_AREA, "other"));
        return end(m, nest);
}

static int parse_failure(struct nl_msg *m, struct module_cma_failure *failure, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = module_cma_parse_failure(header, failure, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_failures(void **state)
{
        struct module_cma_failure failure;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse_failure(make_failure(EBUSY, MEMCTL_CMA_PINNED, MEMCTL_CLASS_PINNED), &failure,
                                       &message),
                         0);
        assert_int_equal(failure.serial, MEMCTL_CF_SERIAL);
        assert_int_equal(failure.pages, MEMCTL_CF_PAGES);
        assert_int_equal(failure.align, MEMCTL_CF_ALIGN);
        assert_int_equal(failure.free, MEMCTL_CF_FREE);
        assert_int_equal(failure.largest_free, MEMCTL_CF_LARGEST_FREE);
        assert_int_equal(failure.retried, MEMCTL_CF_RETRIED);
        assert_int_equal(failure.age_nsecs, MEMCTL_CF_AGE);
        assert_int_equal(failure.error, EBUSY);
        assert_int_equal(failure.cause, MEMCTL_CMA_PINNED);
        assert_true(failure.has_page);
        assert_int_equal(failure.pfn, MEMCTL_CF_PFN);
        assert_int_equal(failure.class, MEMCTL_CLASS_PINNED);
        assert_string_equal(failure.page_owner, "anon");
        assert_string_equal(failure.other_area, "other");
        assert_string_equal(failure.command, "");

        /* of a newer module */
        assert_int_equal(parse_failure(make_failure(1, 99, 99), &failure, &message), 0);
        assert_int_equal(failure.cause, MEMCTL_CMA_UNKNOWN);
        assert_false(failure.has_page);
        for (uint32_t error = 0; error <= 4096; error += 4096) {
                assert_int_equal(parse_failure(make_failure(error, 1, 1), &failure, &message), -EBADMSG);
                assert_says(&message, "no error number");
        }
        assert_string_equal(module_cma_cause_name(MEMCTL_CMA_NO_MEMORY), "no_memory");
        assert_string_equal(module_cma_cause_name(99), "unknown");
}

/* Events of other things come on the same group; what is asked for has the same form, and is no event. */
static void test_events(void **state)
{
        static const int commands[] = { MEMCTL_C_CMA_FAILED, MEMCTL_C_CMA_FAILURE, MEMCTL_C_FENCE_FELL };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(commands); i++) {
                struct nl_msg *m = make_failure(EBUSY, MEMCTL_CMA_PINNED, MEMCTL_CLASS_PINNED);
                struct nlmsghdr *header = message_copy(m, 0);
                struct module_cma_failure failure;
                char *message = NULL;

                genlmsg_hdr(header)->cmd = (uint8_t) commands[i];
                assert_int_equal(cma_told_parse(header, &failure, &message), i == 0 ? 0 : -ENOMSG);
                assert_null(message);
                free(header);
                nlmsg_free(m);
        }
}

static int parse_map(const struct module_cma_area *area, struct module_cma_map *map, uint64_t *at,
                     uint64_t start, uint64_t stop, const uint64_t *words, int size, char **message)
{
        struct nl_msg *m = message_new(MEMCTL_C_CMA_MAP);
        struct nlmsghdr *header;
        int r;

        assert_false(nla_put_u64(m, MEMCTL_A_START_PFN, start));
        assert_false(nla_put_u64(m, MEMCTL_A_END_PFN, stop));
        assert_false(nla_put(m, MEMCTL_A_CMA_MAP, size, words));
        header = message_copy(m, 0);
        r = module_cma_parse_map(header, area, map, at, message);
        free(header);
        nlmsg_free(m);
        return r;
}

/* Pieces of two pages. Bits that are too many are none. */
static void test_map(void **state)
{
        static const uint64_t words[16] = { UINT64_C(1) << 63 | 1, 2, [8] = UINT64_MAX };
        struct module_cma_area area;
        uint64_t first[9] = { 0 }, second[9] = { 0 }, at = 0;
        struct module_cma_map map = { .words = { first, second }, .n_ranges = 2 };
        char *message = NULL;

        (void) state;

        assert_int_equal(parse(make(), &area, &message), 0);
        assert_int_equal(parse_map(&area, &map, &at, 0x1000, 0x1300, words, 72, &message), 0);
        assert_true(first[0] == words[0] && first[1] == 2 && first[8] == 0 && at == 0x1300);
        assert_int_equal(parse_map(&area, &map, &at, 0x1380, 0x1400, words, 8, &message), 0);
        assert_true(first[7] == words[0]);
        assert_int_equal(parse_map(&area, &map, &at, 0x2000, 0x2002, words, 8, &message), 0);
        assert_true(second[0] == 1 && at == 0x2002);

        for (size_t i = 0; i < 5; i++) {
                static const struct {
                        uint64_t start, stop;
                        int size;
                        const char *says;
                } cases[] = {
                        { 0x2000, 0x2080, 8, "told already" }, { 0x2200, 0x2480, 128, "not in it" },
                        { 0x2200, 0x2200, 8, "not in it" },    { 0x2201, 0x2210, 8, "other bits" },
                        { 0x2200, 0x2300, 8, "other bits" },
                };

                assert_int_equal(parse_map(&area, &map, &at, cases[i].start, cases[i].stop, words,
                                           cases[i].size, &message),
                                 -EBADMSG);
                assert_says(&message, cases[i].says);
        }
}

static void test_no_module(void **state)
{
        struct module_cma_areas areas = { 0 };
        struct module_cma_holders holders = { 0 };
        struct module_cma_failures failures = { 0 };
        struct module_cma_area area = { .name = "x", .n_ranges = 1, .ranges = { { 0, 64 } }, .pages = 64 };
        struct module_cma_map map;
        char *root = tree_make(), *message = NULL;
        struct tree *tree;

        (void) state;

        tree_text(root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        assert_int_equal(tree_open(root, &tree, &message), 0);
        for (int live = 0; live < 2; live++) {
                tree->live = live;
                assert_int_equal(module_cma_read(tree, &areas, &message), 0);
                assert_int_equal(module_cma_read_holders(tree, "x", &holders, &message), 0);
                assert_int_equal(module_cma_read_failures(tree, &failures, &message), 0);
                assert_int_equal(module_cma_read_map(tree, &area, &map, &message), 0);
                assert_true(areas.n == 0 && holders.n == 0 && failures.n == 0 && map.n_ranges == 0);
                assert_null(message);
        }
        area.pages = UINT64_C(1) << 40;
        area.ranges[0].end = area.pages;
        assert_int_equal(module_cma_read_map(tree, &area, &map, &message), -EFBIG);
        assert_says(&message, "too many pieces");
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_area),         cmocka_unit_test(test_missing),
                cmocka_unit_test(test_nonsense),     cmocka_unit_test(test_of_two_moments),
                cmocka_unit_test(test_broken_bytes), cmocka_unit_test(test_holders),
                cmocka_unit_test(test_failures),     cmocka_unit_test(test_events),
                cmocka_unit_test(test_map),          cmocka_unit_test(test_no_module),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
