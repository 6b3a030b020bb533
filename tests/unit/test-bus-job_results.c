/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever a job has to tell, a message of it is small; and nobody is named in what everybody reads. */
#include "daemon/bus/answer/job_results.h"
#include "daemon/bus/value/message_size.h"
#include "daemon/bus/value/reasons.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#define BLOCKS 98304U

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

/* Each block has gone, failed, and come back, with a reason that names as many processes as one can. */
static void make(struct job *job)
{
        struct reason reason = {
                .code = REASON_UNMOVABLE, .pages = 5, .searched = true, .text = (char *) "secret_owner"
        };

        reason.n_processes = REASON_PROCESSES_MAX;
        for (uint32_t i = 0; i < REASON_PROCESSES_MAX; i++) {
                reason.processes[i].pid = 777000 + i;
                (void) strcpy(reason.processes[i].command, "secret_command");
        }
        *job = (struct job){ .n_records = (size_t) 3 * BLOCKS };
        job->records = calloc(job->n_records, sizeof(*job->records));
        assert_non_null(job->records);
        for (uint32_t i = 0; i < job->n_records; i++)
                job->records[i] = (struct job_record){ .block = i / 3, .kind = i % 3 };
        job->reasons.items = calloc(BLOCKS, sizeof(reason));
        assert_non_null(job->reasons.items);
        for (reason.block = 0; reason.block < BLOCKS; reason.block++)
                job->reasons.items[job->reasons.n_items++] = reason;
}

static void clear(struct job *job)
{
        free(job->reasons.items);
        free(job->records);
}

static size_t count(sd_bus_message *m, const char *contents)
{
        size_t n = 0;

        assert_true(sd_bus_message_enter_container(m, 'a', contents) > 0);
        while (sd_bus_message_skip(m, contents) > 0)
                n++;
        return n;
}

static void test_properties_are_small(void **state)
{
        struct job job;
        sd_bus_message *m = message(*state);

        make(&job);
        assert_true(job_append_reasons(m, &job, 0, JOB_REASONS_SHOWN, REASONS_PUBLIC) >= 0);
        assert_true(job_append_results(m, &job, 0, JOB_RESULTS_SHOWN) >= 0);
        assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
        /* 80 jobs of them are a part of what a bus carries */
        assert_int_equal(message_size_check(m, 64 << 10), 0);
        assert_int_equal(count(m, "a{sv}"), JOB_REASONS_SHOWN);
        sd_bus_message_unref(m);
        clear(&job);
}

static void test_answers_are_bounded_and_all_is_told(void **state)
{
        size_t n_reasons = 0, n_results = 0;
        struct job job;

        make(&job);
        while (n_reasons < job.reasons.n_items || n_results < job.n_records) {
                sd_bus_message *m = message(*state);

                assert_true(job_append_reasons(m, &job, n_reasons, JOB_REASONS_ANSWERED, REASONS_NAMED) >=
                            0);
                assert_true(job_append_results(m, &job, n_results, JOB_RESULTS_ANSWERED) >= 0);
                assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
                assert_int_equal(message_size_check(m, 4 << 20), 0);
                n_reasons += count(m, "a{sv}");
                assert_true(sd_bus_message_exit_container(m) >= 0);
                n_results += count(m, "(us)");
                sd_bus_message_unref(m);
        }
        assert_int_equal(n_reasons, job.reasons.n_items);
        assert_int_equal(n_results, job.n_records);
        clear(&job);
}

/* Whether a string or number of that value is in what the reasons say. */
static bool tells(sd_bus *bus, const struct job *job, enum reason_detail detail, const char *text)
{
        sd_bus_message *m = message(bus);
        char *dumped = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&dumped, &size);
        bool found;

        assert_non_null(f);
        assert_true(job_append_reasons(m, job, 0, 2, detail) >= 0);
        assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
        assert_true(sd_bus_message_dump(m, f, SD_BUS_MESSAGE_DUMP_WITH_HEADER) >= 0);
        (void) fclose(f);
        found = strstr(dumped, text) != NULL;
        free(dumped);
        sd_bus_message_unref(m);
        return found;
}

static void test_who_is_told_what(void **state)
{
        struct job job;

        make(&job);
        assert_false(tells(*state, &job, REASONS_PUBLIC, "secret"));
        assert_false(tells(*state, &job, REASONS_PUBLIC, "777000"));
        assert_true(tells(*state, &job, REASONS_PUBLIC, "processes"));
        assert_true(tells(*state, &job, REASONS_COUNTED, "secret_owner"));
        assert_false(tells(*state, &job, REASONS_COUNTED, "secret_command"));
        assert_false(tells(*state, &job, REASONS_COUNTED, "777000"));
        assert_true(tells(*state, &job, REASONS_NAMED, "secret_command"));
        assert_true(tells(*state, &job, REASONS_NAMED, "777000"));
        clear(&job);
}

/* Where in memory the kernel lies is not for everybody; whose device a block is of, anybody can see. */
static void test_where_the_kernel_is(void **state)
{
        struct reason reasons[] = {
                { .code = REASON_RESERVED, .block = 32, .bytes = 888000, .text = (char *) "secret_kernel" },
                { .code = REASON_DRIVER_OWNED,
                  .block = 33,
                  .bytes = 5,
                  .driver = "virtio_mem",
                  .text = (char *) "virtio0" },
        };
        const struct job job = { .reasons = { .items = reasons, .n_items = ELEMENTSOF(reasons) } };

        assert_true(tells(*state, &job, REASONS_PUBLIC, "reserved"));
        assert_false(tells(*state, &job, REASONS_PUBLIC, "888000"));
        assert_false(tells(*state, &job, REASONS_PUBLIC, "secret_kernel"));
        assert_true(tells(*state, &job, REASONS_PUBLIC, "virtio0"));
        assert_true(tells(*state, &job, REASONS_COUNTED, "888000"));
        assert_true(tells(*state, &job, REASONS_COUNTED, "secret_kernel"));
}

static void test_size(void **state)
{
        sd_bus_message *m = message(*state);
        const char *text;

        assert_true(sd_bus_message_append(m, "sa{sv}", "hello", 1, "x", "ay", 3, 1, 2, 3) >= 0);
        assert_true(sd_bus_message_seal(m, 1, 0) >= 0);
        assert_int_equal(message_size_check(m, 1024), 0);
        assert_true(sd_bus_message_read(m, "s", &text) > 0); /* from its beginning */
        assert_string_equal(text, "hello");
        assert_int_equal(message_size_check(m, 20), -E2BIG);
        assert_int_equal(message_size_check(m, 0), -E2BIG);
        sd_bus_message_unref(m);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_properties_are_small),
                cmocka_unit_test(test_answers_are_bounded_and_all_is_told),
                cmocka_unit_test(test_who_is_told_what),
                cmocka_unit_test(test_where_the_kernel_is),
                cmocka_unit_test(test_size),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
