/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A journal's text, good and with one thing wrong at a time. */
#include "basic/cleanup.h"
#include "daemon/journal/journal.h"
#include "journal_text.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <string.h>

static void assert_parses(const char *text)
{
        struct journal_found found;
        char *message = NULL;

        assert_int_equal(journal_parse(text, strlen(text), &found, &message), 0);
        assert_null(message);
        journal_found_clear(&found);
}

static void assert_refused(const char *text, size_t size, const char *said)
{
        struct journal_found found = { 0 };
        char *message = NULL;

        if (journal_parse(text, size, &found, &message) != -EBADMSG)
                fail_msg("taken: %s", text);
        assert_says(&message, said);
        assert_null(found.target);
}

static void test_good_texts(void **state)
{
        (void) state;

        assert_parses(GOOD);
        assert_parses(HEADING("[]") "\n");
        assert_parses(HEADING("[[32,null,0]]") "\n{\"online\":32}\n{\"onlined\":32}\n");
        assert_parses(GOOD "{\"offline\":34}\n{\"offlined\":34}\n{\"roll_back\":null}\n{\"online\":34}\n");
        assert_parses(GOOD "{\"offline\":34}\n{\"offl"); /* torn */
        assert_parses(GOOD "\001");
}

static void assert_has_identity(const char *text, uint64_t identity)
{
        struct journal_found found;
        char *message = NULL;

        assert_int_equal(journal_parse(text, strlen(text), &found, &message), 0);
        assert_int_equal(found.steps[0].identity, identity);
        journal_found_clear(&found);
}

/* Of the oldest release whose journals are read: it did not know which memory was there. */
static void test_identities(void **state)
{
        static const char first[] = "\"version\":2";
        char *old = strdup(HEADING("[[34,\"Movable\"]]") "\n");

        (void) state;

        assert_has_identity(GOOD, 7);
        assert_has_identity(HEADING("[[34,\"Movable\",18446744073709551615]]") "\n", UINT64_MAX);
        assert_non_null(old);
        strstr(old, first)[sizeof(first) - 2] = '1';
        assert_has_identity(old, 0);
        free(old);
}

/* A line of the heading with one thing put in place of another. */
static void assert_change_refused(const char *old, const char *new, const char *said)
{
        const char *at = strstr(GOOD, old);
        char text[2048];

        assert_non_null(at);
        (void) snprintf(text, sizeof(text), "%.*s%s%s", (int) (at - GOOD), GOOD, new, at + strlen(old));
        assert_refused(text, strlen(text), said);
}

static void test_bad_headings(void **state)
{
        static const struct {
                const char *old, *new, *said;
        } changes[] = {
                { "\"version\":2", "\"version\":3", "of version 3, from another release" },
                { "\"version\":2", "\"version\":0", "accepted are 1 to 2" },
                { "\"version\":2", "\"version\":1", "step 1" },
                { "\"version\":2", "\"version\":\"1\"", "version 1 to 2" },
                { "\"version\":2,", "", "version 1 to 2" },
                { "\"version\":2", "\"more\":1,\"version\":2", "version 2" },
                { "\"version\":2", "\"version\":2,\"version\":2", "each member once" },
                { "\"eject\":false", "\"eject\":true,\"eject\":false", "each member once" },
                { "\"version\":2", "\"version\": 2", "without spaces" },
                { "block-offline", "block-eject", "\"verb\"" },
                { "\"block-offline\"", "0", "\"verb\"" },
                { "\"32-34\"", "null", "\"target\"" },
                { "\"32-34\"", "\"32\\u0000\"", "\"target\"" },
                { "\"dimm\":null", "\"dimm\":\"PNP0C80:00\"", "\"dimm\"" },
                { "\"dimm\":null", "\"dimm\":7", "\"dimm\"" },
                { "block-offline", "dimm-offline", "\"dimm\"" },
                { "\"eject\":false", "\"eject\":true", "\"eject\"" },
                { "\"eject\":false", "\"eject\":0", "\"eject\"" },
                { "\"movable\"", "\"Movable\"", "\"zone\"" },
                { "\"deadline_usec\":0", "\"deadline_usec\":-1", "\"deadline_usec\"" },
                { "\"deadline_usec\":0", "\"deadline_usec\":0.5", "\"deadline_usec\"" },
                { "\"deadline_usec\":0", "\"deadline_usec\":18446744073709551615", "\"deadline_usec\"" },
                { "\"force\":false", "\"force\":null", "\"options\"" },
                { "\"force\":false,", "", "\"options\"" },
                { "\"force\":false", "\"force\":false,\"farce\":false", "\"options\"" },
                { "\"auto\"", "\"all\"", "\"options\"" },
                { "roll-back", "give-up", "\"options\"" },
                { "\"max_pause_usec\":0", "\"max_pause_usec\":999", "\"options\"" },
                { "\"max_pause_usec\":0", "\"max_pause_usec\":10000001", "\"options\"" },
                { "\"rate\":0", "\"rate\":1", "\"options\"" },
                { "\"rate\":0", "\"rate\":-1048576", "\"options\"" },
                { "\"to_node\":-1", "\"to_node\":-2", "\"options\"" },
                { "\"to_node\":-1", "\"to_node\":4294967296", "\"options\"" },
                { "[32,33,34]", "[]", "\"blocks\"" },
                { "[32,33,34]", "{}", "\"blocks\"" },
                { "[32,33,34]", "[32,34,33]", "\"blocks\"" },
                { "[32,33,34]", "[32,32,34]", "\"blocks\"" },
                { "[32,33,34]", "[-1,32,34]", "\"blocks\"" },
                { "[32,33,34]", "[32,34,4294967295]", "\"blocks\"" },
                { "[32,33,34]", "[32,34,1e1]", "\"blocks\"" },
                { "[32,33,34]", "[32,33]", "step 1" },
                { "[32,\"Movable\",8]", "[32,\"Mov\",8]", "step 2" },
                { "[32,\"Movable\",8]", "[32]", "step 2" },
                { "[32,\"Movable\",8]", "[32,\"Movable\",8,1]", "step 2" },
                { "[32,\"Movable\",8]", "[32,\"Movable\",-1]", "step 2" },
                { "[32,\"Movable\",8]", "[32,\"Movable\",\"8\"]", "step 2" },
                { "[32,\"Movable\",8]", "[31,\"Movable\",8]", "step 2" },
                { "[32,\"Movable\",8]", "[34,\"Normal\",8]", "block 34 has more" },
                { "[32,\"Movable\",8]", "[[[[[[[[[32]]]]]]]]]", "line 1" },
                { "[32,\"Movable\",8]", "{}", "step 2" },
                { "[[34,\"Movable\",7],[32,\"Movable\",8]]", "null", "\"steps\"" },
                { "}\n", "}}\n", "line 1" },
                { "}\n", "\n", "line 1" },
                { "}\n", "}", "line 1 is missing or torn" },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(changes); i++)
                assert_change_refused(changes[i].old, changes[i].new, changes[i].said);
        assert_refused("", 0, "line 1 is missing");
        assert_refused("\n", 1, "line 1");
        assert_refused("null\n", 5, "line 1");
        assert_refused("[]\n", 3, "line 1");
        assert_refused("{}\n", 3, "line 1");
        assert_refused("\0\n", 2, "line 1");
}

static void test_bad_marks(void **state)
{
        static const char *const marks[] = {
                "{}",
                "[]",
                "7",
                "",
                "{\"offline\":33}",
                "{\"offline\":-1}",
                "{\"offline\":null}",
                "{\"offline\":\"34\"}",
                "{\"offline\":34,\"offlined\":34}",
                "{\"offline\":34,\"offline\":34}",
                "{\"offline\":34} ",
                "{\"offline\":4294967295}",
                "{\"offline\":18446744073709551648}",
                "{\"offlines\":34}",
                "{\"roll_back\":1}",
                "{\"eject\":null}",
                "{\"ejecting\":null}",
                "{\"offline\":34}{\"offlined\":34}",
                "{'offline':34}",
                "{\"offline\":34}\r",
                "\xff",
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(marks); i++) {
                char text[1024];

                (void) snprintf(text, sizeof(text), GOOD "{\"offline\":34}\n%s\n{\"offlined\":34}\n",
                                marks[i]);
                assert_refused(text, strlen(text), "line 3: accepted is");
        }
        assert_refused(GOOD "{\"offline\":34}\0\n", sizeof(GOOD "{\"offline\":34}\0\n") - 1, "line 2");
}

#define POOLS                                                                                               \
        "{\"version\":2,\"verb\":\"hugepages-reserve\",\"target\":\"9\",\"dimm\":null,\"eject\":false,"     \
        "\"zone\":\"movable\",\"options\":{\"force\":false,\"partial\":false,\"swap\":false,\"resume\":"    \
        "false,\"cache\":\"auto\",\"stuck\":\"roll-back\",\"max_pause_usec\":0,\"rate\":0,\"to_node\":-1}," \
        "\"deadline_usec\":0,\"blocks\":[],\"steps\":[],\"huge_page_size\":2097152}\n"

static void test_pools(void **state)
{
        static const char text[] = POOLS "{\"pool\":[0,3,9]}\n{\"pooled\":[0,7]}\n"
                                         "{\"pool\":[null,2,5]}\n"
                                         "{\"pool\":[0,7,17]}\n" /* and its end is missing */
                                         "{\"pool\":[0,9,19]}\n{\"pooled\":[0,40]}\n"
                                         "{\"roll_back\":null}\n"
                                         "{\"pool\":[0,40,32]}\n{\"pooled\":[0,33]}\n";
        struct journal_found found;
        char *message = NULL;

        (void) state;

        assert_int_equal(journal_parse(text, strlen(text), &found, &message), 0);
        assert_int_equal(found.verb, JOB_HUGEPAGES);
        assert_int_equal(found.huge_page_size, 2 << 20);
        assert_true(found.rolling_back);
        assert_int_equal(found.n_pools, 2);
        assert_int_equal(found.pools[0].node, 0);
        assert_int_equal(found.pools[0].before, 3);
        assert_int_equal(found.pools[0].added, 4 + 2 + 10 - 7);
        assert_false(found.pools[0].writing);
        assert_int_equal(found.pools[1].node, -1);
        assert_int_equal(found.pools[1].before, 2);
        assert_int_equal(found.pools[1].added, 0);
        assert_true(found.pools[1].writing);
        assert_int_equal(found.pools[1].from, 2);
        assert_int_equal(found.pools[1].to, 5);
        journal_found_clear(&found);
}

static void test_bad_pools(void **state)
{
        static const char *const marks[] = {
                "{\"pool\":[0,3]}",       "{\"pool\":[0,3,9,1]}",  "{\"pool\":[-1,3,9]}",
                "{\"pool\":[0,-3,9]}",    "{\"pool\":[0,null,9]}", "{\"pool\":[4294967296,3,9]}",
                "{\"pool\":[\"0\",3,9]}", "{\"pool\":null}",       "{\"pool\":9}",
                "{\"pooled\":[0,3]}",     "{\"pooled\":[null]}",   "{\"offline\":34}",
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(marks); i++) {
                char text[1024];

                (void) snprintf(text, sizeof(text), POOLS "%s\n", marks[i]);
                assert_refused(text, strlen(text), "line 2: accepted is");
        }
        assert_refused(GOOD "{\"pool\":[0,3,9]}\n", strlen(GOOD "{\"pool\":[0,3,9]}\n"),
                       "line 2: accepted is");
        assert_change_refused("\"steps\":", "\"huge_page_size\":2097152,\"steps\":", "huge_page_size");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good_texts),   cmocka_unit_test(test_identities),
                cmocka_unit_test(test_bad_headings), cmocka_unit_test(test_bad_marks),
                cmocka_unit_test(test_pools),        cmocka_unit_test(test_bad_pools),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
