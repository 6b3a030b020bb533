/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/range.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 5000

/* Blocks 0-7, 32-39 and 64, of 128 MiB. */
static struct memory_block blocks[17];
static struct snapshot machine = { .block_size = 128 << 20, .blocks = blocks, .n_blocks = 17 };

static int setup(void **state)
{
        (void) state;

        for (uint32_t i = 0; i < 8; i++) {
                blocks[i].number = i;
                blocks[8 + i].number = 32 + i;
        }
        blocks[16].number = 64;
        return 0;
}

static void check(const char *const *texts, size_t n_texts, const uint32_t *numbers, size_t n)
{
        _cleanup_(block_set_clear) struct block_set set = { 0 };
        _cleanup_free_ char *message = NULL;

        assert_int_equal(block_set_parse(&machine, texts, n_texts, &set, &message), 0);
        assert_null(message);
        assert_int_equal(set.n_numbers, n);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(set.numbers[i], numbers[i]);
}

#define CHECK(numbers, ...)                                                                                 \
        do {                                                                                                \
                static const char *const _texts[] = { __VA_ARGS__ };                                        \
                check(_texts, ELEMENTSOF(_texts), numbers, ELEMENTSOF(numbers));                            \
        } while (0)

static void test_good(void **state)
{
        static const uint32_t one[] = { 32 }, all[] = { 32, 33, 34, 35, 36, 37, 38, 39 },
                              some[] = { 1, 32, 34, 35, 64 };

        (void) state;

        CHECK(one, "32");
        CHECK(one, "memory32");
        CHECK(one, "32-32");
        CHECK(one, "032");
        CHECK(one, "0x100000000-0x107ffffff");
        CHECK(all, "32-39");
        CHECK(all, "memory32-memory39");
        CHECK(all, "0x100000000-0x13fffffff");
        CHECK(all, "0X100000000-0x13FFFFFFF");
        CHECK(all, "36-39", "32,33 , 34-35");
        CHECK(some, " 64 ", "34-35,1", "32");
}

static void check_bad(const char *text, int error, const char *says)
{
        struct block_set set = { 0 };
        _cleanup_free_ char *message = NULL;

        assert_int_equal(block_set_parse(&machine, &text, 1, &set, &message), error);
        assert_null(set.numbers);
        assert_non_null(message);
        if (!strstr(message, says) || (error == -EINVAL && !strstr(message, "accepted: ")) ||
            strchr(message, '\n'))
                fail_msg("\"%s\" is answered with: %s", text, message);
}

static void test_bad_forms(void **state)
{
        static const char *const texts[] = {
                "-",
                "32-",
                "-32",
                "+3",
                "-1",
                "0x",
                "0x-0x",
                "0x100000000-39",
                "memory/32",
                "../32",
                "18446744073709551616",
                "4294967296",
                "1e3",
                "32 33",
                "memory",
                "memory32/state",
                "32-33-34",
                "0x100000000",
                "0x10000000000000000-0x2",
                "32\t33",
                "\xff",
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                check_bad(texts[i], -EINVAL, "\"");
        check_bad("", -EINVAL, "empty item");
        check_bad(" ", -EINVAL, "empty item");
        check_bad(",", -EINVAL, "empty item");
        check_bad("32,,33", -EINVAL, "\"32,,33\"");
        check_bad("39-32", -EINVAL, "\"39-32\": the range runs backwards");
        check_bad("0x13fffffff-0x100000000", -EINVAL, "backwards");
        check_bad("0x100000001-0x13fffffff", -EINVAL, "0x100000001");
        check_bad("0x100000000-0x13ffffffe", -EINVAL, "0x13ffffffe");
        check_bad("32,32", -EINVAL, "block 32 is named twice");
        check_bad("32-35,34", -EINVAL, "block 34 is named twice");
        check_bad("\033[31m", -EINVAL, "?[31m");
}

static void test_missing_blocks(void **state)
{
        (void) state;

        check_bad("8", -ENOENT, "block 8");
        check_bad("30-33", -ENOENT, "block 30");
        check_bad("38-40", -ENOENT, "block 40");
        check_bad("0-4294967295", -ENOENT, "block 8");
        check_bad("0x0-0xffffffffffffffff", -ENOENT, "block 8");
        assert_int_equal(block_set_parse(&machine, NULL, 0, &(struct block_set){ 0 }, NULL), -EINVAL);
}

/* Formats a set the way a person would, runs as ranges, and expects it back. */
static void test_what_is_formatted_is_parsed(void **state)
{
        (void) state;

        srandom(1);
        for (int round = 0; round < ROUNDS; round++) {
                uint32_t chosen[ELEMENTSOF(blocks)];
                char text[512] = "";
                const char *argument = text;
                size_t n = 0;

                for (size_t i = 0; i < ELEMENTSOF(blocks); i++)
                        if (random() % 3)
                                chosen[n++] = blocks[i].number;
                for (size_t i = 0, j; i < n; i = j + 1) {
                        for (j = i; j + 1 < n && chosen[j + 1] == chosen[j] + 1 && random() % 4; j++)
                                ;
                        (void) snprintf(text + strlen(text), sizeof(text) - strlen(text),
                                        i == j ? "%s%u" : "%s%u-%u", i ? "," : "", chosen[i], chosen[j]);
                }
                if (n > 0)
                        check(&argument, 1, chosen, n);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good),
                cmocka_unit_test(test_bad_forms),
                cmocka_unit_test(test_missing_blocks),
                cmocka_unit_test(test_what_is_formatted_is_parsed),
        };

        return cmocka_run_group_tests(tests, setup, NULL);
}
