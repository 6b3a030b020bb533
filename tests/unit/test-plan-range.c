/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "basic/quote.h"
#include "daemon/plan/range.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 20000

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
        struct block_set set = { .numbers = (uint32_t[]){ 7 }, .n_numbers = 1 };
        _cleanup_free_ char *message = NULL;

        assert_int_equal(block_set_parse(&machine, &text, 1, &set, &message), error);
        assert_null(set.numbers);
        assert_int_equal(set.n_numbers, 0);
        assert_non_null(message);
        if (!strstr(message, says) || !strstr(message, "; accepted: " RANGE_FORMS) || message[0] != '"' ||
            strpbrk(message, "\n\r\033"))
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
                "0x0x100000000-0x13fffffff",
                "0x100000000-0x0x13fffffff",
                "0x 100000000-0x13fffffff",
                "0x+100000000-0x13fffffff",
                "0x100000000-0x13ffffffg",
                "32-0x13fffffff",
                "32 - 39",
                "32,33\n34",
                "0x100000000-39",
                "memory/32",
                "../32",
                "18446744073709551616",
                "4294967296",
                "1e3",
                "32 33",
                "memory",
                "memorymemory32",
                "Memory32",
                "/sys/devices/system/memory/memory32",
                "memory32/state",
                "32-33-34",
                "0x100000000",
                "0x10000000000000000-0x2",
                "32\t33",
                "\xff",
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                char quoted[QUOTE_MAX];

                /* the item that is wrong is named: in a list, the last one here */
                check_bad(texts[i], -EINVAL,
                          quote(strchr(texts[i], ',') ? strchr(texts[i], ',') + 1 : texts[i], quoted));
        }
        check_bad("", -EINVAL, "empty item");
        check_bad(" ", -EINVAL, "empty item");
        check_bad(",", -EINVAL, "empty item");
        check_bad("32,,33", -EINVAL, "\"32,,33\"");
        check_bad("39-32", -EINVAL, "\"39-32\": the range runs backwards");
        check_bad("0x13fffffff-0x100000000", -EINVAL, "backwards");
        check_bad("0x100000001-0x13fffffff", -EINVAL, "0x100000001");
        check_bad("0x100000000-0x13ffffffe", -EINVAL, "0x13ffffffe");
        check_bad("32,32", -EINVAL, "\"32\": block 32 is named twice");
        check_bad("32-35,34", -EINVAL, "\"34\": block 34 is named twice");
        check_bad("34,0x100000000-0x13fffffff", -EINVAL, "block 34 is named twice");
        check_bad("\033[31m", -EINVAL, "?[31m");
}

static void test_missing_blocks(void **state)
{
        (void) state;

        check_bad("8", -ENOENT, "\"8\": block 8");
        check_bad("30-33", -ENOENT, "block 30");
        check_bad("38-40", -ENOENT, "block 40");
        check_bad("0-4294967295", -ENOENT, "block 8");
        check_bad("0x0-0xffffffffffffffff", -ENOENT, "block 8");
        assert_int_equal(block_set_parse(&machine, NULL, 0, &(struct block_set){ 0 }, NULL), -EINVAL);
}

/* A block named in two texts is as wrong as one named twice in one. */
static void test_overlap_of_texts(void **state)
{
        static const char *const texts[] = { "32-35", "1", "35-39" };
        struct block_set set = { 0 };
        _cleanup_free_ char *message = NULL;

        (void) state;

        assert_int_equal(block_set_parse(&machine, texts, ELEMENTSOF(texts), &set, &message), -EINVAL);
        assert_null(set.numbers);
        assert_non_null(strstr(message, "\"35-39\": block 35 is named twice; accepted: "));
}

static void test_long_input_is_shortened(void **state)
{
        static char text[1 << 20];
        const char *argument = text;
        struct block_set set = { 0 };
        _cleanup_free_ char *message = NULL;

        (void) state;

        memset(text, '9', sizeof(text) - 1);
        assert_int_equal(block_set_parse(&machine, &argument, 1, &set, &message), -EINVAL);
        assert_non_null(strstr(message, "9\"...: "));
        assert_in_range(strlen(message), 1, 512);
}

/* Blocks up to the highest number there can be, and the last byte of all. */
static void test_borders(void **state)
{
        struct memory_block highest[] = { { .number = UINT32_MAX - 1 }, { .number = UINT32_MAX } };
        struct snapshot small = { .block_size = 4096, .blocks = highest, .n_blocks = 2 };
        struct snapshot large = { .block_size = UINT64_C(1) << 32, .blocks = highest, .n_blocks = 2 };
        struct snapshot empty = { .block_size = 4096 };
        const char *numbers = "4294967294-4294967295", *addresses = "0xfffffffe00000000-0xffffffffffffffff";
        _cleanup_(block_set_clear) struct block_set by_number = { 0 }, by_address = { 0 };
        struct block_set none = { 0 };

        (void) state;

        assert_int_equal(block_set_parse(&small, &numbers, 1, &by_number, NULL), 0);
        assert_int_equal(by_number.n_numbers, 2);
        assert_int_equal(block_set_parse(&large, &addresses, 1, &by_address, NULL), 0);
        assert_int_equal(by_address.n_numbers, 2);
        assert_true(by_address.numbers[1] == UINT32_MAX);
        assert_int_equal(block_set_parse(&empty, &numbers, 1, &none, NULL), -ENOENT);
}

/* Told before it is used: a failure then says which seed it was. */
static void seed(void)
{
        const char *text = getenv("MEMCTL_TEST_SEED");
        unsigned int value = text ? (unsigned int) strtoul(text, NULL, 10) : 1;

        print_message("# MEMCTL_TEST_SEED=%u\n", value);
        srandom(value);
}

/* Formats a set the way a person would, runs as ranges, and expects it back. */
static void test_what_is_formatted_is_parsed(void **state)
{
        (void) state;

        seed();
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
                cmocka_unit_test(test_overlap_of_texts),
                cmocka_unit_test(test_long_input_is_shortened),
                cmocka_unit_test(test_borders),
                cmocka_unit_test(test_what_is_formatted_is_parsed),
        };

        return cmocka_run_group_tests(tests, setup, NULL);
}
