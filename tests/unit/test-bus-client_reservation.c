/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which reservations a list of those that there are lets be forgotten. */
#include "daemon/bus/caller/client_reservation.h"
#include "daemon/bus/context/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void add(struct server *server, uint64_t id, uint64_t made_usec)
{
        struct client_reservation *held = calloc(1, sizeof(*held));

        assert_non_null(held);
        held->server = server;
        held->what.id = id;
        held->made_usec = made_usec;
        held->next = server->reservations;
        server->reservations = held;
}

static size_t count(const struct server *server)
{
        size_t n = 0;

        for (const struct client_reservation *held = server->reservations; held; held = held->next)
                n++;
        return n;
}

/* One that was made while the list was read may be missing from it, and still counts for its user. */
static void test_prune(void **state)
{
        struct reservation there = { .id = 2 };
        const struct reservation_list list = { .items = &there, .n = 1 };
        struct server server = { 0 };

        (void) state;
        add(&server, 1, 10);
        add(&server, 2, 20);
        add(&server, 3, 100);
        add(&server, 4, 150);
        add(&server, 0, 0); /* being made */
        client_reservations_prune(&server, &list, 100);
        assert_int_equal(count(&server), 4);
        assert_null(client_reservation_find(&server, 1));
        client_reservations_prune(&server, &list, 200);
        assert_int_equal(count(&server), 2);
        assert_non_null(client_reservation_find(&server, 2));
        bus_drop_reservations(&server);
        assert_int_equal(count(&server), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_prune),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
