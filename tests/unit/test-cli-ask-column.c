/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/column.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct column items[] = {
        { "block", "BLOCK", COLUMN_COUNT, false },
        { "online_bytes", "ONLINE", COLUMN_SIZE, false },
        { "driver", "DRIVER", COLUMN_TEXT, true },
};
static const struct columns columns = COLUMNS(items);

/* The headings shown, with a space after each; NULL: the choice was refused, *bad says for what. */
static const char *shown(const char *text, char *bad)
{
        static char headings[1024];
        struct context context = CONTEXT_NONE;
        struct column list[COLUMNS_MAX];
        const char *word;
        size_t n_bad, n;

        *headings = '\0';
        if (text && !columns_choose(&columns, text, &context, &word, &n_bad)) {
                memcpy(bad, word, n_bad);
                bad[n_bad] = '\0';
                return NULL;
        }
        n = columns_shown(&context, &columns, list);
        for (size_t i = 0; i < n; i++) {
                strcat(headings, list[i].heading);
                strcat(headings, " ");
        }
        return headings;
}

static void test_choice(void **state)
{
        char bad[64];

        (void) state;

        assert_string_equal(shown(NULL, bad), "BLOCK ONLINE ");
        assert_string_equal(shown("driver,BLOCK", bad), "DRIVER BLOCK ");
        assert_string_equal(shown("online_bytes", bad), "ONLINE ");
        assert_string_equal(shown("Online", bad), "ONLINE ");
        assert_string_equal(shown("+DRIVER", bad), "BLOCK ONLINE DRIVER ");
        assert_string_equal(shown("block,block", bad), "BLOCK BLOCK ");
}

static void test_refused(void **state)
{
        static const char *const texts[][2] = {
                { "", "" }, { "+", "" }, { "block,", "" }, { ",block", "" }, { "block,x\xff", "x\xff" },
                { "bloc", "bloc" }, { "block online", "block online" }, { "block,+driver", "+driver" },
        };
        char bad[64], many[COLUMNS_MAX * 6 + 6] = "block";

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                assert_null(shown(texts[i][0], bad));
                assert_string_equal(bad, texts[i][1]);
        }
        for (size_t i = 1; i < COLUMNS_MAX; i++)
                strcat(many, ",block");
        assert_non_null(shown(many, bad));
        strcat(many, ",block");
        assert_null(shown(many, bad));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_choice),
                cmocka_unit_test(test_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
