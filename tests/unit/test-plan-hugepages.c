/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/hugepages.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#define MIB(n) ((uint64_t) (n) << 20)
#define GIB(n) ((uint64_t) (n) << 30)

static void assert_shares(const uint64_t pieces[3], uint64_t missing, const uint64_t shares[3])
{
        struct hugepages_node nodes[3] = { { .share = 7 }, { .share = 7 }, { .share = 7 } };

        for (size_t i = 0; i < 3; i++)
                nodes[i].pieces = pieces[i];
        hugepages_share(nodes, 3, missing);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(nodes[i].share, shares[i]);
}

static void test_shares(void **state)
{
        (void) state;

        assert_shares((const uint64_t[]){ 50, 50, 50 }, 9, (const uint64_t[]){ 3, 3, 3 });
        assert_shares((const uint64_t[]){ 50, 50, 50 }, 10, (const uint64_t[]){ 4, 4, 2 });
        assert_shares((const uint64_t[]){ 50, 1, 0 }, 10, (const uint64_t[]){ 9, 1, 0 });
        assert_shares((const uint64_t[]){ 4, 3, 3 }, 10, (const uint64_t[]){ 4, 3, 3 });
        assert_shares((const uint64_t[]){ 1, 2, 0 }, 12,
                      (const uint64_t[]){ 4, 5, 3 }); /* beyond what is free */
        assert_shares((const uint64_t[]){ 0, 0, 0 }, 0, (const uint64_t[]){ 0, 0, 0 });
        hugepages_share(NULL, 0, 5);
}

/* Who has no more to give is not asked again. */
static void test_shares_of_the_others(void **state)
{
        struct hugepages_node nodes[] = { { .pieces = 50, .dry = true }, { .pieces = 3 }, { .pieces = 4 } };

        (void) state;

        hugepages_share(nodes, 3, 10);
        assert_int_equal(nodes[0].share, 0);
        assert_int_equal(nodes[1].share + nodes[2].share, 10);
        nodes[1].dry = nodes[2].dry = true;
        hugepages_share(nodes, 3, 10);
        assert_int_equal(nodes[0].share + nodes[1].share + nodes[2].share, 0);
}

/* All is asked for, whatever there is; and where there is enough, of nobody more than he has. */
static void test_shares_add_up(void **state)
{
        (void) state;

        srandom(1);
        for (int round = 0; round < 20000; round++) {
                size_t n = 1 + (size_t) random() % 5;
                struct hugepages_node nodes[5] = { 0 };
                uint64_t missing = (uint64_t) random() % 100, pieces = 0, shares = 0;

                for (size_t i = 0; i < n; i++) {
                        nodes[i].pieces = (uint64_t) random() % 40;
                        pieces += nodes[i].pieces;
                }
                hugepages_share(nodes, n, missing);
                for (size_t i = 0; i < n; i++) {
                        shares += nodes[i].share;
                        assert_true(pieces < missing || nodes[i].share <= nodes[i].pieces);
                        assert_true(pieces >= missing || nodes[i].share >= nodes[i].pieces);
                }
                assert_int_equal(shares, missing);
        }
}

static void test_steps(void **state)
{
        (void) state;

        assert_int_equal(hugepages_step(1000, MIB(2), false), 64);
        assert_int_equal(hugepages_step(10, MIB(2), false), 10);
        assert_int_equal(hugepages_step(10, GIB(1), true), 1);
        assert_int_equal(hugepages_step(10, GIB(1), false), 1);
        assert_int_equal(hugepages_step(10, MIB(32), true), 1);
        assert_int_equal(hugepages_step(5000, 65536, false), 2048);
}

static void test_until(void **state)
{
        (void) state;

        assert_true(hugepages_until(20, 0, 0) >= 20);
        assert_true(hugepages_until(20, 500, 0) <= 500); /* there are enough */
        assert_true(hugepages_until(20, 500, 1) >= 520); /* and were not to be had */
        assert_int_equal(hugepages_until(UINT64_MAX, 1, 1), UINT64_MAX);
}

static void test_changed(void **state)
{
        (void) state;

        assert_int_equal(hugepages_changed(10, 30, 30), 20);
        assert_int_equal(hugepages_changed(10, 30, 17), 7);
        assert_int_equal(hugepages_changed(10, 30, 10), 0);
        assert_int_equal(hugepages_changed(10, 30, 99), 20); /* others have added more */
        assert_int_equal(hugepages_changed(10, 30, 2), 0);   /* or taken some */
        assert_int_equal(hugepages_changed(30, 10, 10), 20);
        assert_int_equal(hugepages_changed(30, 10, 25), 5);
        assert_int_equal(hugepages_changed(30, 10, 31), 0);
        assert_int_equal(hugepages_changed(30, 10, 1), 20);
        assert_int_equal(hugepages_changed(5, 5, 9), 0);
}

static void test_to_take_out(void **state)
{
        const struct hugepages_node node = { .before = 10, .added = 20 };

        (void) state;

        assert_int_equal(hugepages_to_take_out(&node, 30), 20);
        assert_int_equal(hugepages_to_take_out(&node, 35), 20); /* what others have added stays */
        assert_int_equal(hugepages_to_take_out(&node, 25), 15);
        assert_int_equal(hugepages_to_take_out(&node, 10), 0);
        assert_int_equal(hugepages_to_take_out(&node, 3), 0);
}

static void test_next(void **state)
{
        struct hugepages_so_far so_far = { 0 };

        (void) state;

        assert_int_equal(hugepages_next(20, 20, false, &so_far), HUGEPAGES_REACHED);
        assert_int_equal(hugepages_next(20, 0, false, &so_far),
                         HUGEPAGES_AGAIN); /* now it compacts for all */
        assert_int_equal(hugepages_next(20, 5, false, &so_far), HUGEPAGES_AGAIN);
        assert_int_equal(hugepages_next(20, 5, false, &so_far), HUGEPAGES_OVER);

        so_far = (struct hugepages_so_far){ 0 };
        assert_int_equal(hugepages_next(20, 0, true, &so_far), HUGEPAGES_OVER);

        so_far = (struct hugepages_so_far){ 0 };
        for (uint64_t added = 1; added < 4; added++)
                assert_int_equal(hugepages_next(20, added, true, &so_far), HUGEPAGES_AGAIN);
        assert_int_equal(hugepages_next(20, 4, true, &so_far), HUGEPAGES_OVER); /* it always ends */
}

static void test_texts(void **state)
{
        static const struct {
                uint64_t size;
                const char *text;
        } sizes[] = {
                { MIB(2), "2 MiB" },    { GIB(1), "1 GiB" },
                { 65536, "64 KiB" },    { MIB(1536), "1536 MiB" },
                { 1, "1 byte" },        { 0, "0 bytes" },
                { 2049, "2049 bytes" }, { UINT64_MAX, "18446744073709551615 bytes" },
        };
        char text[HUGEPAGES_SIZE_TEXT_MAX];

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++)
                assert_string_equal(hugepages_size_text(sizes[i].size, text), sizes[i].text);
}

static void test_lists(void **state)
{
        (void) state;

        assert_true(hugepages_list_has("0\n", 0));
        assert_false(hugepages_list_has("0\n", 1));
        assert_true(hugepages_list_has("0,2-3\nCpus", 3));
        assert_false(hugepages_list_has("0,2-3\nCpus", 1));
        assert_false(hugepages_list_has("0,2-3", 4));
        assert_true(hugepages_list_has("", 7));
        assert_true(hugepages_list_has("0,x", 7));
        assert_true(hugepages_list_has("0 1", 7));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_shares),        cmocka_unit_test(test_shares_of_the_others),
                cmocka_unit_test(test_shares_add_up), cmocka_unit_test(test_steps),
                cmocka_unit_test(test_until),         cmocka_unit_test(test_changed),
                cmocka_unit_test(test_to_take_out),   cmocka_unit_test(test_next),
                cmocka_unit_test(test_texts),         cmocka_unit_test(test_lists),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
