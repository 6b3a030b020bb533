/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/reasons.h"

#include "cli/daemon/value.h"
#include "memctl/bus.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* What the job's property says to everybody, and what its method says to those who may know. */
struct told {
        const char *in_short, *in_full;
};

/* One call, on a connection of its own: the answer is one reason in full. */
static int get_reasons(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const struct told *told = userdata;
        uint32_t first;

        (void) error;

        if (!told->in_full)
                return sd_bus_reply_method_errorf(m, MEMCTL_ERROR_NOT_AUTHORIZED, "not for you");
        if (sd_bus_message_read(m, "u", &first) <= 0 || first != 0)
                return -EINVAL;
        return sd_bus_reply_method_return(m, "aa{sv}u", 1, 3, "code", "s", told->in_short, "block", "u", 5,
                                          "text", "s", told->in_full, 1);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("GetReasons", "u", "aa{sv}u", get_reasons, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static sd_bus *new_service(int fd, struct told *told)
{
        sd_id128_t id = SD_ID128_MAKE(01, 02, 03, 04, 05, 06, 07, 08, 09, 0a, 0b, 0c, 0d, 0e, 0f, 10);
        sd_bus *bus = NULL;

        assert_true(sd_bus_new(&bus) >= 0);
        assert_true(sd_bus_set_fd(bus, fd, fd) >= 0);
        assert_true(sd_bus_set_server(bus, 1, id) >= 0);
        assert_true(sd_bus_set_anonymous(bus, 1) >= 0);
        assert_true(sd_bus_add_object_vtable(bus, NULL, MEMCTL_PATH_JOB "/7", MEMCTL_IFACE_JOB, vtable,
                                             told) >= 0);
        assert_true(sd_bus_start(bus) >= 0);
        return bus;
}

/* Until the other end is closed. No assertion here: a thread must not leave by one. */
static void *serve(void *userdata)
{
        int r = 1;

        while (r >= 0) {
                r = sd_bus_process(userdata, NULL);
                if (r == 0)
                        r = sd_bus_wait(userdata, UINT64_MAX);
        }
        return NULL;
}

/* The text of the one reason that a job has, once its reasons are complete; to be freed. NULL: none. */
static char *complete(struct told told)
{
        _cleanup_json_ json_object *job = json_object_new_object();
        json_object *reasons = json_object_new_array(), *reason = json_object_new_object(), *text;
        struct context context = { .private = true };
        sd_bus *service;
        pthread_t thread;
        char *found = NULL;
        int fds[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
        service = new_service(fds[1], &told);
        assert_int_equal(pthread_create(&thread, NULL, serve, service), 0);
        assert_true(sd_bus_new(&context.bus) >= 0);
        assert_true(sd_bus_set_fd(context.bus, fds[0], fds[0]) >= 0);
        assert_true(sd_bus_start(context.bus) >= 0);

        json_object_object_add(reason, "code", json_object_new_string(told.in_short));
        json_object_object_add(reason, "block", json_object_new_int(5));
        json_object_array_add(reasons, reason);
        json_object_object_add(job, "Id", json_object_new_int(7));
        json_object_object_add(job, "Reasons", reasons);
        reasons_complete(&context, job);
        reasons = value_array(job, "Reasons");
        assert_int_equal(json_object_array_length(reasons), 1);
        if (json_object_object_get_ex(json_object_array_get_idx(reasons, 0), "text", &text))
                found = strdup(json_object_get_string(text));
        sd_bus_flush_close_unref(context.bus);
        assert_int_equal(pthread_join(thread, NULL), 0);
        sd_bus_flush_close_unref(service);
        return found;
}

/* Of a reason that stands alone, too, whatever it is: where a hole is, is not for everybody. */
static void test_each_code(void **state)
{
        (void) state;

        for (const char *const *code = (const char *const[]){ "unmovable", "reserved", "hole", NULL }; *code;
             code++) {
                _cleanup_free_ char *text = complete((struct told){ *code, "Crash kernel" });

                assert_non_null(text);
                assert_string_equal(text, "Crash kernel");
        }
}

/* Who may not know has what everybody has. */
static void test_not_for_everybody(void **state)
{
        (void) state;

        assert_null(complete((struct told){ "reserved", NULL }));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_code),
                cmocka_unit_test(test_not_for_everybody),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
