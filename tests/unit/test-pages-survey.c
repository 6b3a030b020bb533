/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl.ko answers to a survey, and as it never should; and blocks looked at twice.
 */
#include "daemon/pages/survey_fill.h"
#include "message.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define START UINT64_C(0x8000)
#define END   UINT64_C(0x9000)

static struct nl_msg *begin(uint64_t start, uint64_t end, uint64_t absent, struct nlattr **nest)
{
        struct nl_msg *m = message_new(MEMCTL_C_SURVEY);

        *nest = nla_nest_start(m, MEMCTL_A_SURVEY);
        assert_non_null(*nest);
        assert_false(nla_put_u64(m, MEMCTL_S_START_PFN, start));
        assert_false(nla_put_u64(m, MEMCTL_S_END_PFN, end));
        assert_false(nla_put_u64(m, MEMCTL_S_ABSENT, absent));
        return m;
}

static void put_count(struct nl_msg *m, uint32_t class, uint32_t order, const char *owner, uint64_t pages)
{
        struct nlattr *nest = nla_nest_start(m, MEMCTL_S_COUNT);

        assert_non_null(nest);
        assert_false(nla_put_u32(m, MEMCTL_N_CLASS, class));
        assert_false(nla_put_u32(m, MEMCTL_N_ORDER, order));
        if (owner)
                assert_false(nla_put_string(m, MEMCTL_N_OWNER, owner));
        assert_false(nla_put_u64(m, MEMCTL_N_PAGES, pages));
        nla_nest_end(m, nest);
}

static void put_keeper(struct nl_msg *m, uint64_t pfn, uint64_t pages, uint32_t class, const char *owner)
{
        struct nlattr *nest = nla_nest_start(m, MEMCTL_S_KEEPER);

        assert_non_null(nest);
        assert_false(nla_put_u64(m, MEMCTL_K_PFN, pfn));
        assert_false(nla_put_u64(m, MEMCTL_K_PAGES, pages));
        assert_false(nla_put_u32(m, MEMCTL_K_CLASS, class));
        if (owner)
                assert_false(nla_put_string(m, MEMCTL_K_OWNER, owner));
        nla_nest_end(m, nest);
}

static struct survey_answer answer_to(struct survey *survey)
{
        return (struct survey_answer){
                .survey = survey,
                .number = 8,
                .start_pfn = START,
                .end_pfn = END,
                .keepers_from = START,
        };
}

static int parse(struct nl_msg *m, struct survey_answer *answer, char **message)
{
        struct nlmsghdr *header = message_copy(m, 0);
        int r = survey_parse(header, answer, message);

        free(header);
        nlmsg_free(m);
        return r;
}

static void test_messages_add_up(void **state)
{
        struct survey survey = { .source = SURVEY_MODULE };
        struct survey_answer answer = answer_to(&survey);
        char *message = NULL;
        struct nlattr *nest;
        struct nl_msg *m;

        (void) state;

        m = begin(START, END, 0x10, &nest);
        put_count(m, MEMCTL_CLASS_FREE, 10, NULL, 0x400);
        put_count(m, MEMCTL_CLASS_PINNED, 0, "anon", 3);
        put_count(m, MEMCTL_CLASS_MOVABLE_OPS, 0, "zsmalloc", 5);
        put_keeper(m, START + 7, 2, MEMCTL_CLASS_PINNED, "anon");
        nla_nest_end(m, nest);
        assert_int_equal(parse(m, &answer, &message), 0);
        m = begin(START, END, 0, &nest);
        put_count(m, MEMCTL_CLASS_FREE, 10, NULL, 0x400);
        put_count(m, MEMCTL_CLASS_FREE, 9, NULL, 0x200);
        put_keeper(m, START + 9, 1, MEMCTL_CLASS_PINNED, "anon");
        nla_nest_end(m, nest);
        assert_int_equal(parse(m, &answer, &message), 0);

        assert_null(message);
        assert_int_equal(survey.n_counts, 4);
        assert_int_equal(survey.counts[0].pages, 0x800);
        assert_int_equal(survey.counts[0].block, 8);
        assert_int_equal(survey.counts[0].owner, SURVEY_OWNER_NONE);
        assert_string_equal(survey_owner(&survey, survey.counts[2].owner), "zsmalloc");
        assert_int_equal(survey.n_keepers, 2);
        assert_int_equal(survey.keepers[1].pfn, START + 9);
        assert_string_equal(survey_owner(&survey, survey.keepers[0].owner), "anon");
        assert_int_equal(survey.n_owners, 2);
        survey_clear(&survey);
}

static void check_refused(struct nl_msg *m, struct nlattr *nest, const char *says)
{
        struct survey survey = { .source = SURVEY_MODULE };
        struct survey_answer answer = answer_to(&survey);
        char *message = NULL;

        nla_nest_end(m, nest);
        assert_int_equal(parse(m, &answer, &message), -EBADMSG);
        assert_says(&message, says);
        survey_clear(&survey);
}

static void check_part_refused(uint64_t start, uint64_t end, uint64_t absent, const char *says)
{
        struct nlattr *nest;
        struct nl_msg *m = begin(start, end, absent, &nest);

        check_refused(m, nest, says);
}

static void test_figures_that_cannot_be(void **state)
{
        struct nlattr *nest;
        struct nl_msg *m;

        (void) state;

        check_part_refused(START - 1, END, 0, "about other pages");
        check_part_refused(START, END + 1, 0, "about other pages");
        check_part_refused(START, START, 0, "about other pages");
        check_part_refused(START, END, 0x1001, "more pages than the block has");
        m = begin(START, END, 0x800, &nest);
        put_count(m, MEMCTL_CLASS_FREE, 0, NULL, 0x801);
        check_refused(m, nest, "more pages than the block has");
        m = begin(START, END, 1, &nest);
        put_count(m, MEMCTL_CLASS_FREE, 0, NULL, UINT64_MAX);
        check_refused(m, nest, "more pages than the block has");
        m = begin(START, END, 0, &nest);
        put_count(m, 0, 0, NULL, 1);
        check_refused(m, nest, "0 is no class");
        m = begin(START, END, 0, &nest);
        put_count(m, MEMCTL_CLASS_MAX + 1, 0, NULL, 1);
        check_refused(m, nest, "is no class");
        m = begin(START, END, 0, &nest);
        put_count(m, MEMCTL_CLASS_FREE, 64, NULL, 1);
        check_refused(m, nest, "64 is no order");
        m = begin(START, END, 0, &nest);
        put_count(m, MEMCTL_CLASS_OTHER, 0, "a\nb", 1);
        check_refused(m, nest, "not printable");
        m = begin(START, END, 0, &nest);
        put_count(m, MEMCTL_CLASS_OTHER, 0, "", 1);
        check_refused(m, nest, "owner");
        m = begin(START, END, 0, &nest);
        put_count(m, MEMCTL_CLASS_OTHER, 0,
                  "0123456789012345678901234567890123456789012345678901234567890123", 1);
        check_refused(m, nest, "owner");
}

static void test_keepers_that_cannot_be(void **state)
{
        static const struct {
                uint64_t pfn, pages;
        } bad[] = { { START - 1, 1 }, { END, 1 }, { END - 1, 2 }, { START, 0 }, { START, UINT64_MAX } };
        struct nlattr *nest;
        struct nl_msg *m;

        (void) state;

        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                m = begin(START, END, 0, &nest);
                put_keeper(m, bad[i].pfn, bad[i].pages, MEMCTL_CLASS_OTHER, NULL);
                check_refused(m, nest, "outside it, or not ascending");
        }
        m = begin(START, END, 0, &nest);
        put_keeper(m, START + 5, 2, MEMCTL_CLASS_OTHER, NULL);
        put_keeper(m, START + 6, 1, MEMCTL_CLASS_OTHER, NULL);
        check_refused(m, nest, "not ascending");
        m = begin(START, END, 0, &nest);
        for (uint64_t i = 0; i <= MEMCTL_KEEPERS_MAX; i++)
                put_keeper(m, START + 2 * i, 1, MEMCTL_CLASS_SLAB, NULL);
        check_refused(m, nest, "more pages that keep it");
        m = begin(START, END, 0, &nest);
        put_keeper(m, START, 1, MEMCTL_CLASS_MAX + 1, NULL);
        check_refused(m, nest, "is no class");
}

static void test_missing_and_twice(void **state)
{
        struct nlattr *nest, *count;
        struct nl_msg *m;

        (void) state;

        m = message_new(MEMCTL_C_SURVEY);
        nest = nla_nest_start(m, MEMCTL_A_SURVEY);
        assert_false(nla_put_u64(m, MEMCTL_S_END_PFN, END));
        check_refused(m, nest, "first pfn is missing");
        m = begin(START, END, 0, &nest);
        assert_false(nla_put_u64(m, MEMCTL_S_ABSENT, 0));
        check_refused(m, nest, "absent is there twice");
        m = begin(START, END, 0, &nest);
        count = nla_nest_start(m, MEMCTL_S_COUNT);
        assert_false(nla_put_u32(m, MEMCTL_N_CLASS, MEMCTL_CLASS_FREE));
        nla_nest_end(m, count);
        check_refused(m, nest, "order is missing");
}

/* More owners, or counts, than there can be end the survey; they do not fill the memory. */
static void test_too_many(void **state)
{
        struct survey survey = { .source = SURVEY_MODULE };
        struct survey_answer answer = answer_to(&survey);
        char *message = NULL;
        int r = 0;

        (void) state;

        for (int i = 0; r >= 0 && i < 10; i++) {
                struct nlattr *nest;
                struct nl_msg *m = begin(START, END, 0, &nest);

                for (int j = 0; j < 300; j++) {
                        char owner[32];

                        (void) snprintf(owner, sizeof(owner), "driver-%d", i * 300 + j);
                        put_count(m, MEMCTL_CLASS_OTHER, 0, owner, 1);
                }
                nla_nest_end(m, nest);
                r = parse(m, &answer, &message);
        }
        assert_int_equal(r, -EBADMSG);
        assert_non_null(strstr(message, "more owners or counts"));
        assert_int_equal(survey.n_owners, SURVEY_OWNERS_MAX);
        free(message);
        survey_clear(&survey);
}

static void test_broken_bytes(void **state)
{
        struct nlattr *nest;
        struct nl_msg *m = begin(START, END, 1, &nest);

        (void) state;

        put_count(m, MEMCTL_CLASS_PINNED, 3, "anon", 8);
        put_count(m, MEMCTL_CLASS_FREE, 2, NULL, 4);
        put_keeper(m, START, 8, MEMCTL_CLASS_PINNED, "anon");
        nla_nest_end(m, nest);
        for (size_t size = sizeof(struct nlmsghdr); size < nlmsg_hdr(m)->nlmsg_len; size++) {
                struct survey survey = { .source = SURVEY_MODULE };
                struct survey_answer answer = answer_to(&survey);
                struct nlmsghdr *header = message_copy(m, size);
                char *message = NULL;

                assert_int_equal(survey_parse(header, &answer, &message), -EBADMSG);
                free(message);
                free(header);
                survey_clear(&survey);
        }
        srandom(1);
        for (int round = 0; round < 50000; round++) {
                struct survey survey = { .source = SURVEY_MODULE };
                struct survey_answer answer = answer_to(&survey);
                struct nlmsghdr *header = message_copy(m, 0);
                char *message = NULL;
                uint64_t sum = 0;

                message_spoil(header);
                if (survey_parse(header, &answer, &message) < 0)
                        assert_non_null(message);
                for (size_t i = 0; i < survey.n_counts; i++)
                        sum += survey.counts[i].pages;
                assert_true(sum <= END - START);
                free(message);
                free(header);
                survey_clear(&survey);
        }
        nlmsg_free(m);
}

/* A look at block 8: pinned pages as runs, beside 100 of a file. */
struct run {
        uint64_t pfn, pages;
};

static void make_look(struct survey *survey, const struct run *runs, size_t n_runs, uint64_t more)
{
        struct survey_count count = { .block = 8, .class = MEMCTL_CLASS_LRU_FILE, .pages = 100 };

        *survey = (struct survey){ .source = SURVEY_MODULE };
        assert_int_equal(survey_add_count(survey, 0, &count, NULL), 0);
        count.class = MEMCTL_CLASS_PINNED;
        count.pages = more;
        for (size_t i = 0; i < n_runs; i++) {
                const struct survey_keeper keeper = {
                        .block = 8,
                        .class = MEMCTL_CLASS_PINNED,
                        .pfn = runs[i].pfn,
                        .pages = runs[i].pages,
                };

                assert_int_equal(survey_add_keeper(survey, &keeper, "anon"), 0);
                count.pages += runs[i].pages;
        }
        if (count.pages > 0)
                assert_int_equal(survey_add_count(survey, 0, &count, "anon"), 0);
}

static void settle(struct survey *before, struct survey *now, struct survey *ret)
{
        struct survey_block a = { .survey = before }, b = { .survey = now };

        *ret = (struct survey){ .source = SURVEY_MODULE };
        assert_true(survey_next_block(&a));
        assert_true(survey_next_block(&b));
        assert_int_equal(survey_settle_block(ret, &a, &b), 0);
}

static uint64_t pages_of(const struct survey *survey, enum memctl_class class)
{
        uint64_t pages = 0;

        for (size_t i = 0; i < survey->n_counts; i++)
                pages += survey->counts[i].class == class ? survey->counts[i].pages : 0;
        return pages;
}

/* A page that its driver had pinned for a moment is one that the driver moves. */
static void test_passing_pins_of_a_driver(void **state)
{
        struct survey_count count = { .block = 8, .class = MEMCTL_CLASS_PINNED, .pages = 3 };
        struct survey_keeper keeper = { .block = 8, .class = MEMCTL_CLASS_PINNED, .pfn = START, .pages = 3 };
        struct survey before = { .source = SURVEY_MODULE }, now = { .source = SURVEY_MODULE }, settled;

        (void) state;

        assert_int_equal(survey_add_count(&before, 0, &count, "mali"), 0);
        assert_int_equal(survey_add_keeper(&before, &keeper, "mali"), 0);
        keeper.pfn += 2;
        assert_int_equal(survey_add_count(&now, 0, &count, "mali"), 0);
        assert_int_equal(survey_add_keeper(&now, &keeper, "mali"), 0);
        settle(&before, &now, &settled);
        assert_int_equal(pages_of(&settled, MEMCTL_CLASS_PINNED), 1);
        assert_int_equal(pages_of(&settled, MEMCTL_CLASS_MOVABLE_OPS), 2);
        for (size_t i = 0; i < settled.n_counts; i++)
                assert_string_equal(survey_owner(&settled, settled.counts[i].owner), "mali");
        survey_clear(&before);
        survey_clear(&now);
        survey_clear(&settled);
}

static void test_passing_pins(void **state)
{
        const struct run first[] = { { START, 10 }, { START + 50, 1 }, { START + 60, 1 } };
        const struct run second[] = { { START + 5, 10 }, { START + 60, 1 }, { START + 70, 4 } };
        struct survey before, now, settled;

        (void) state;

        make_look(&before, first, 3, 0);
        make_look(&now, second, 3, 0);
        settle(&before, &now, &settled);
        assert_int_equal(pages_of(&settled, MEMCTL_CLASS_PINNED), 6);
        assert_int_equal(pages_of(&settled, MEMCTL_CLASS_LRU_ANON), 9);
        assert_int_equal(pages_of(&settled, MEMCTL_CLASS_LRU_FILE), 100);
        assert_int_equal(settled.n_keepers, 2);
        assert_int_equal(settled.keepers[0].pfn, START + 5);
        assert_int_equal(settled.keepers[0].pages, 5);
        assert_int_equal(settled.keepers[1].pfn, START + 60);
        survey_clear(&settled);
        survey_clear(&now);

        /* nothing pinned any more */
        make_look(&now, NULL, 0, 0);
        settle(&before, &now, &settled);
        assert_int_equal(pages_of(&settled, MEMCTL_CLASS_PINNED), 0);
        assert_int_equal(settled.n_keepers, 0);
        survey_clear(&settled);
        survey_clear(&now);
        survey_clear(&before);
}

/* With more pinned pages than keepers are told of, the smaller number is the best that can be said. */
static void test_pins_beyond_the_keepers(void **state)
{
        struct run first[MEMCTL_KEEPERS_MAX], second[MEMCTL_KEEPERS_MAX];
        struct survey before, now, settled;

        (void) state;

        for (size_t i = 0; i < MEMCTL_KEEPERS_MAX; i++) {
                first[i] = (struct run){ START + 2 * i, 1 };
                second[i] = (struct run){ START + 2 * i + (i == 0), 1 };
        }
        make_look(&before, first, MEMCTL_KEEPERS_MAX, 500);
        make_look(&now, second, MEMCTL_KEEPERS_MAX, 300);
        settle(&before, &now, &settled);
        assert_int_equal(pages_of(&settled, MEMCTL_CLASS_PINNED), 300 + MEMCTL_KEEPERS_MAX);
        assert_int_equal(settled.n_keepers, MEMCTL_KEEPERS_MAX - 1);
        survey_clear(&settled);
        survey_clear(&now);
        survey_clear(&before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_messages_add_up),
                cmocka_unit_test(test_figures_that_cannot_be),
                cmocka_unit_test(test_keepers_that_cannot_be),
                cmocka_unit_test(test_missing_and_twice),
                cmocka_unit_test(test_too_many),
                cmocka_unit_test(test_broken_bytes),
                cmocka_unit_test(test_passing_pins), cmocka_unit_test(test_passing_pins_of_a_driver),
                cmocka_unit_test(test_pins_beyond_the_keepers),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
