/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What listeners hear of an allocation of CMA that failed: not who asked, and not where. */
#include "daemon/bus/context/context.h"
#include "daemon/bus/signals.h"
#include "memctl/bus.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static sd_bus *connect_end(int fd, bool is_server)
{
        sd_bus *bus;
        sd_id128_t id;

        assert_int_equal(sd_bus_new(&bus), 0);
        assert_true(sd_bus_set_fd(bus, fd, fd) >= 0);
        if (is_server) {
                assert_true(sd_id128_randomize(&id) >= 0);
                assert_true(sd_bus_set_server(bus, true, id) >= 0);
        }
        assert_true(sd_bus_start(bus) >= 0);
        return bus;
}

/* The next message that arrives at the one end, while the other sends. */
static sd_bus_message *receive(sd_bus *at, sd_bus *other)
{
        for (int i = 0; i < 1000; i++) {
                sd_bus_message *m = NULL;

                assert_true(sd_bus_process(other, NULL) >= 0);
                assert_true(sd_bus_process(at, &m) >= 0);
                if (m && sd_bus_message_is_signal(m, MEMCTL_IFACE_MANAGER, NULL))
                        return m;
                sd_bus_message_unref(m);
                (void) sd_bus_wait(at, 10000);
        }
        fail_msg("no signal came");
        return NULL;
}

static void check_entry(sd_bus_message *m, const char *key)
{
        static const char *const secret[] = { "pid", "command", "page" };
        const char *text;
        uint64_t number;

        for (size_t i = 0; i < ELEMENTSOF(secret); i++)
                assert_string_not_equal(key, secret[i]);
        if (strcmp(key, "cause") == 0) {
                assert_true(sd_bus_message_read(m, "v", "s", &text) > 0);
                assert_string_equal(text, "pinned");
        } else if (strcmp(key, "page_class") == 0) {
                assert_true(sd_bus_message_read(m, "v", "s", &text) > 0);
                assert_string_equal(text, "pinned");
        } else if (strcmp(key, "size") == 0) {
                assert_true(sd_bus_message_read(m, "v", "t", &number) > 0);
                assert_int_equal(number, 32 * 4096);
        } else
                assert_true(sd_bus_message_skip(m, "v") >= 0);
}

static void test_cma_failed(void **state)
{
        const struct module_cma_failure failure = {
                .serial = 7,
                .name = "linux,cma",
                .pages = 32,
                .align = 1,
                .error = EBUSY,
                .cause = MEMCTL_CMA_PINNED,
                .has_page = true,
                .pfn = 4711,
                .class = MEMCTL_CLASS_PINNED,
                .pid = 812,
                .command = "camera",
                .owner = "vc4",
        };
        struct tree tree = { .page_size = 4096 };
        struct machine machine = { .tree = &tree };
        struct server server = { .machine = &machine };
        unsigned int n_entries = 0;
        sd_bus_message *m;
        const char *name, *key;
        sd_bus *listener;
        int ends[2];

        (void) state;

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
        server.bus = connect_end(ends[0], true);
        listener = connect_end(ends[1], false);
        bus_on_cma_failed(&server, &failure);
        m = receive(listener, server.bus);
        assert_true(sd_bus_message_is_signal(m, MEMCTL_IFACE_MANAGER, "CmaFailed"));
        assert_string_equal(sd_bus_message_get_path(m), MEMCTL_BUS_PATH);
        assert_true(sd_bus_message_read(m, "s", &name) > 0);
        assert_string_equal(name, "linux,cma");
        assert_true(sd_bus_message_enter_container(m, 'a', "{sv}") > 0);
        while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
                assert_true(sd_bus_message_read(m, "s", &key) > 0);
                check_entry(m, key);
                assert_true(sd_bus_message_exit_container(m) >= 0);
                n_entries++;
        }
        assert_true(n_entries >= 9);
        sd_bus_message_unref(m);
        sd_bus_flush_close_unref(listener);
        sd_bus_flush_close_unref(server.bus);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cma_failed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
