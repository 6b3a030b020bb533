/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/columns_survey.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* Two entries of a survey, as a daemon could send them. */
struct sent {
        const char *source, *unknown;
        unsigned int movable;
        size_t n_block, n_pages;
        uint8_t class;
        uint16_t owner;
        uint64_t pages;
};

static const struct sent good = { "module", "pinned", 0, 2, 2, 0, 0, 5 };

static int setup(void **state)
{
        static int fds[2];
        sd_bus *bus = NULL;

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0 || sd_bus_new(&bus) < 0 ||
            sd_bus_set_fd(bus, fds[0], fds[0]) < 0 || sd_bus_start(bus) < 0)
                return -1;
        *state = bus;
        return 0;
}

static int teardown(void **state)
{
        (void) sd_bus_close_unref(*state);
        return 0;
}

static sd_bus_message *message(sd_bus *bus)
{
        sd_bus_message *m;

        assert_true(sd_bus_message_new_signal(bus, &m, "/x", "a.b", "C") >= 0);
        return m;
}

static int take(sd_bus *bus, const struct sent *sent, struct wire_survey *survey)
{
        sd_bus_message *m = message(bus);
        const uint32_t block[] = { 1, 2 };
        const uint8_t class[] = { 0, sent->class }, order[] = { 0, 9 };
        const uint16_t owner[] = { WIRE_OWNER_NONE, sent->owner };
        const uint64_t pages[] = { 3, sent->pages };
        int r;

        assert_true(sd_bus_message_append(m, "a{sv}", 2, "source", "s", sent->source, "unknown",
                                          sent->unknown ? "as" : "s", 1, sent->unknown) >= 0);
        assert_true(sd_bus_message_append(m, "a(ssy)as", 1, "slab", "unmovable", sent->movable, 1, "heap") >=
                    0);
        assert_true(sd_bus_message_append_array(m, 'u', block, sent->n_block * 4) >= 0);
        assert_true(sd_bus_message_append_array(m, 'y', class, 2) >= 0);
        assert_true(sd_bus_message_append_array(m, 'q', owner, 4) >= 0);
        assert_true(sd_bus_message_append_array(m, 'y', order, 2) >= 0);
        assert_true(sd_bus_message_append_array(m, 't', pages, sent->n_pages * 8) >= 0);
        assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
        r = wire_survey_read(survey, m);
        sd_bus_message_unref(m);
        return r;
}

static void test_good(void **state)
{
        _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };

        assert_int_equal(take(*state, &good, &survey), 0);
        assert_int_equal(survey.pages.n, 2);
        assert_int_equal(((const uint64_t *) survey.pages.data)[1], 5);
        assert_int_equal(((const uint32_t *) survey.block.data)[1], 2);
        assert_string_equal(wire_survey_owner(&survey, 0, 0), "heap");
        assert_string_equal(wire_survey_owner(&survey, 0, WIRE_OWNER_NONE), "slab");
        assert_int_equal(wire_survey_class(&survey, "slab")->movable, MOVABLE_NO);
        assert_null(wire_survey_class(&survey, "pinned"));
}

static void test_hostile(void **state)
{
        struct sent bad[8];

        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                bad[i] = good;
        bad[0].n_block = 1;
        bad[1].n_pages = 1;
        bad[2].n_pages = 0;
        bad[3].class = 1;
        bad[4].owner = 1;
        bad[5].pages = UINT64_MAX;
        bad[6].movable = 3;
        bad[7].source = "";
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };

                assert_int_equal(take(*state, &bad[i], &survey), -EBADMSG);
        }
}

static void test_other_types(void **state)
{
        _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };
        _cleanup_(wire_blocks_clear) struct wire_blocks blocks = { 0 };
        sd_bus_message *m = message(*state);

        assert_true(sd_bus_message_append(m, "s", "survey") >= 0);
        assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
        assert_int_equal(wire_survey_read(&survey, m), -EBADMSG);
        assert_int_equal(wire_blocks_read(&blocks, m), -EBADMSG);
        sd_bus_message_unref(m);
}

/* a list of numbers where words should be, and lists that are missing */
static void test_about(void **state)
{
        for (int i = 0; i < 4; i++) {
                _cleanup_(wire_survey_clear) struct wire_survey survey = { 0 };
                sd_bus_message *m = message(*state);
                int r;

                if (i == 0)
                        r = sd_bus_message_append(m, "a{sv}", 1, "source", "s", "none");
                else if (i == 1)
                        r = sd_bus_message_append(m, "a{sv}", 2, "source", "s", "none", "unknown", "au", 1,
                                                  7);
                else if (i == 2)
                        r = sd_bus_message_append(m, "a{sv}", 2, "source", "s", "none", "unknown", "s", "x");
                else
                        r = sd_bus_message_append(m, "a{sv}", 3, "source", "s", "none", "unknown", "as", 0,
                                                  "totals", "as", 1, "x");
                assert_true(r >= 0);
                assert_true(sd_bus_message_append(m, "a(ssy)asauayaqayat", 0, 0, 0, 0, 0, 0, 0) >= 0);
                assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
                assert_int_equal(wire_survey_read(&survey, m), -EBADMSG);
                sd_bus_message_unref(m);
        }
}

/* Columns of ListBlocks: not ascending, or pointing past their tables. */
static void test_blocks(void **state)
{
        static const struct {
                uint32_t second;
                uint8_t state;
                uint16_t zones;
                uint32_t dimm;
                uint16_t driver;
                int error;
        } cases[] = {
                { 2, 0, 0, UINT32_MAX, UINT16_MAX, 0 },        { 1, 0, 0, UINT32_MAX, UINT16_MAX, -EBADMSG },
                { 0, 0, 0, UINT32_MAX, UINT16_MAX, -EBADMSG }, { 2, 1, 0, UINT32_MAX, UINT16_MAX, -EBADMSG },
                { 2, 0, 1, UINT32_MAX, UINT16_MAX, -EBADMSG }, { 2, 0, 0, 0, UINT16_MAX, -EBADMSG },
                { 2, 0, 0, UINT32_MAX, 0, 0 },                 { 2, 0, 0, UINT32_MAX, 1, -EBADMSG },
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_(wire_blocks_clear) struct wire_blocks blocks = { 0 };
                sd_bus_message *m = message(*state);

                assert_true(sd_bus_message_append(m, "tauasayaiasaqayasauasaqasauai", (uint64_t) 1 << 27, 2,
                                                  1, cases[i].second, 1, "online", 2, 0, cases[i].state, 2,
                                                  0, 0, 1, "Movable", 2, 0, cases[i].zones, 2, 1, 1, 0, 2,
                                                  UINT32_MAX, cases[i].dimm, 1, "virtio0", 2, UINT16_MAX,
                                                  cases[i].driver, 0, 0, 0) >= 0);
                assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
                assert_int_equal(wire_blocks_read(&blocks, m), cases[i].error);
                sd_bus_message_unref(m);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good),        cmocka_unit_test(test_hostile),
                cmocka_unit_test(test_other_types), cmocka_unit_test(test_about),
                cmocka_unit_test(test_blocks),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
