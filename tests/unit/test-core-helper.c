/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work in a process of its own: what it answers, how it is killed, and what of ours it does not have.
 */
#include "daemon/core/helper.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SHORT_USEC (200 * UINT64_C(1000))
#define LONG_USEC  (60 * UINT64_C(1000000))

struct request {
        uint64_t number;
        const char *text;
        int ours;   /* a file descriptor that the other process must not have */
        int theirs; /* and one that it must */
        const char *undone; /* a file below theirs */
};

struct seen {
        sd_event *event;
        unsigned int calls, ticks;
        int error;
        bool answered;
        uint64_t number, step;
        char *text, *message;
};

static void on_done(void *userdata, const struct helper_result *result)
{
        struct seen *seen = userdata;

        seen->calls++;
        seen->error = result->error;
        seen->step = result->step;
        seen->message = result->message ? strdup(result->message) : NULL;
        seen->answered = result->answer != NULL;
        if (result->answer) {
                seen->number = packet_get_u64(result->answer);
                seen->text = packet_get_string(result->answer);
        }
        assert_true(sd_event_exit(seen->event, 0) >= 0);
}

static void put(struct packet *answer, const struct request *request)
{
        packet_put_u64(answer, request->number);
        packet_put_string(answer, request->text);
}

static int answer_it(void *userdata, struct packet *answer, char **message)
{
        struct request *request = userdata;

        (void) message;

        put(answer, request);
        request->number = 0; /* here, not there */
        return 0;
}

static int fail_it(void *userdata, struct packet *answer, char **message)
{
        (void) userdata, (void) answer;

        *message = strdup("it does not");
        return -ENODATA;
}

static int die(void *userdata, struct packet *answer, char **message)
{
        (void) userdata, (void) answer, (void) message;

        raise(SIGKILL);
        return 0;
}

static int __attribute__((noreturn)) hang(void *userdata, struct packet *answer, char **message)
{
        struct request *request = userdata;

        (void) message;

        request->number = 1;
        put(answer, request);
        (void) helper_tell(answer);
        /* what is told last counts, however large the one before was */
        packet_clear(answer);
        request->number = 2;
        put(answer, request);
        (void) helper_tell(answer);
        helper_gets_on(7);
        for (;;)
                pause();
}

static int get_on_for_long(void *userdata, struct packet *answer, char **message)
{
        (void) message;

        for (uint64_t i = 0; i < 10; i++) {
                usleep(SHORT_USEC / 2);
                helper_gets_on(i);
        }
        put(answer, userdata);
        return 0;
}

static int look_at_fds(void *userdata, struct packet *answer, char **message)
{
        struct request *request = userdata;

        (void) message;

        request->number = (fcntl(request->ours, F_GETFD) < 0) + 2U * (fcntl(request->theirs, F_GETFD) >= 0);
        put(answer, request);
        return 0;
}

static void undo(void *userdata)
{
        struct request *request = userdata;

        closep(&(int){ openat(request->theirs, request->undone, O_WRONLY | O_CREAT, 0600) });
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct seen *seen = userdata;

        seen->ticks++;
        assert_true(sd_event_source_set_time(source, usec + 10000) >= 0);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Runs the loop until it is done. */
static struct seen run(const struct helper_task *task, struct request *request)
{
        struct seen seen = { 0 };
        sd_event_source *tick;
        struct helper *helper;

        assert_true(sd_event_new(&seen.event) >= 0);
        assert_true(sd_event_add_time_relative(seen.event, &tick, CLOCK_MONOTONIC, 10000, 1, on_tick,
                                               &seen) >= 0);
        assert_int_equal(helper_new(seen.event, task, request, on_done, &seen, &helper), 0);
        assert_true(sd_event_loop(seen.event) >= 0);
        helper_free(helper);
        sd_event_source_unref(tick);
        assert_int_equal(seen.calls, 1);
        assert_true(helpers_are_gone(LONG_USEC));
        sd_event_unref(seen.event);
        return seen;
}

static void clear(struct seen *seen)
{
        free(seen->text);
        free(seen->message);
}

static void test_answer(void **state)
{
        const struct helper_task task = {
                .name = "test", .work = answer_it, .keep_fds = { -1, -1, -1 }, .stall_usec = LONG_USEC
        };
        struct request request = { .number = 42, .text = "words" };
        struct seen seen = run(&task, &request);

        (void) state;

        assert_int_equal(seen.error, 0);
        assert_int_equal(seen.number, 42);
        assert_string_equal(seen.text, "words");
        assert_int_equal(request.number, 42);
        clear(&seen);
}

static void test_large_answer(void **state)
{
        const struct helper_task task = {
                .name = "test", .work = answer_it, .keep_fds = { -1, -1, -1 }, .stall_usec = LONG_USEC
        };
        size_t length = 20 * 1024 * 1024;
        char *text = malloc(length + 1);
        struct request request = { .number = 1, .text = text };
        struct seen seen;

        (void) state;

        assert_non_null(text);
        memset(text, 'x', length);
        text[length] = '\0';
        seen = run(&task, &request);
        assert_int_equal(seen.error, 0);
        assert_string_equal(seen.text, text);
        clear(&seen);
        free(text);
}

static void test_error(void **state)
{
        const struct helper_task task = {
                .name = "test", .work = fail_it, .keep_fds = { -1, -1, -1 }, .stall_usec = LONG_USEC
        };
        struct request request = { 0 };
        struct seen seen = run(&task, &request);

        (void) state;

        assert_int_equal(seen.error, -ENODATA);
        assert_string_equal(seen.message, "it does not");
        assert_false(seen.answered);
        clear(&seen);
}

static void test_death(void **state)
{
        const struct helper_task task = {
                .name = "test", .work = die, .keep_fds = { -1, -1, -1 }, .stall_usec = LONG_USEC
        };
        struct request request = { 0 };
        struct seen seen = run(&task, &request);

        (void) state;

        assert_int_equal(seen.error, -EIO);
        assert_false(seen.answered);
}

static void test_stalled_is_killed(void **state)
{
        const struct helper_task task = {
                .name = "test", .work = hang, .keep_fds = { -1, -1, -1 }, .stall_usec = SHORT_USEC
        };
        struct request request = { .text = "words" };
        struct seen seen = run(&task, &request);

        (void) state;

        assert_int_equal(seen.error, -ETIMEDOUT);
        assert_int_equal(seen.number, 2);
        assert_string_equal(seen.text, "words");
        assert_int_equal(seen.step, 7);
        assert_true(seen.ticks > 0); /* the loop went on meanwhile */
        clear(&seen);
}

static void test_who_gets_on_is_not(void **state)
{
        const struct helper_task task = {
                .name = "test",
                .work = get_on_for_long,
                .keep_fds = { -1, -1, -1 },
                .stall_usec = SHORT_USEC * 2,
        };
        struct request request = { .number = 3 };
        struct seen seen = run(&task, &request);

        (void) state;

        assert_int_equal(seen.error, 0);
        assert_int_equal(seen.number, 3);
        assert_int_equal(seen.step, 9);
        clear(&seen);
}

static void test_has_nothing_of_ours(void **state)
{
        int fds[2];
        struct helper_task task = { .name = "test", .work = look_at_fds, .stall_usec = LONG_USEC };
        struct request request = { 0 };
        struct seen seen;

        (void) state;

        assert_int_equal(pipe(fds), 0);
        request.ours = fds[0];
        request.theirs = task.keep_fds[2] = fds[1];
        seen = run(&task, &request);
        assert_int_equal(seen.number, 3);
        clear(&seen);
        close(fds[0]);
        close(fds[1]);
}

static void test_undone_after_kill(void **state)
{
        char *root = tree_make();
        int fd = open(root, O_RDONLY | O_DIRECTORY);
        const struct helper_task task = {
                .name = "test",
                .work = hang,
                .undo = undo,
                .keep_fds = { fd, -1, -1 },
                .stall_usec = SHORT_USEC,
        };
        struct request request = { .theirs = fd, .undone = "by_time" };
        struct seen seen = run(&task, &request);
        struct helper *helper;
        struct stat st;

        (void) state;

        assert_int_equal(fstatat(fd, "by_time", &st, 0), 0);
        clear(&seen);

        /* and when nobody wants it any more */
        request.undone = "by_us";
        assert_int_equal(sd_event_new(&seen.event), 0);
        assert_int_equal(helper_new(seen.event, &task, &request, on_done, &seen, &helper), 0);
        helper_free(helper);
        assert_true(helpers_are_gone(LONG_USEC));
        assert_int_equal(fstatat(fd, "by_us", &st, 0), 0);

        /* and at the end of the daemon, whose loop is over */
        request.undone = "at_the_end";
        assert_int_equal(helper_new(seen.event, &task, &request, on_done, &seen, &helper), 0);
        assert_true(sd_event_exit(seen.event, 0) >= 0);
        assert_int_equal(sd_event_loop(seen.event), 0);
        helper_free(helper);
        assert_true(helpers_are_gone(LONG_USEC));
        assert_int_equal(fstatat(fd, "at_the_end", &st, 0), 0);
        sd_event_unref(seen.event);
        close(fd);
        tree_remove(root);
}

static void test_so_many_and_no_more(void **state)
{
        const struct helper_task task = {
                .name = "test", .work = hang, .keep_fds = { -1, -1, -1 }, .stall_usec = LONG_USEC
        };
        struct helper *helpers[HELPERS_MAX + 1] = { NULL };
        struct request request = { 0 };
        struct seen seen = { 0 };

        (void) state;

        assert_int_equal(sd_event_new(&seen.event), 0);
        for (size_t i = 0; i < HELPERS_MAX; i++)
                assert_int_equal(helper_new(seen.event, &task, &request, on_done, &seen, &helpers[i]), 0);
        assert_int_equal(helper_new(seen.event, &task, &request, on_done, &seen, &helpers[HELPERS_MAX]),
                         -EBUSY);
        for (size_t i = 0; i < HELPERS_MAX; i++)
                helper_free(helpers[i]);
        assert_true(helpers_are_gone(LONG_USEC));
        assert_int_equal(helper_new(seen.event, &task, &request, on_done, &seen, &helpers[0]), 0);
        helper_free(helpers[0]);
        assert_true(helpers_are_gone(LONG_USEC));
        assert_int_equal(seen.calls, 0);
        sd_event_unref(seen.event);
}

static void test_packet_short_of_data(void **state)
{
        struct packet packet = { 0 };
        struct packet_reader reader;
        uint32_t items[3] = { 1, 2, 3 }, *read;
        size_t n;

        (void) state;

        packet_put_array(&packet, items, 3, sizeof(items[0]));
        packet_put_string(&packet, NULL);
        packet_put_string(&packet, "");
        reader = (struct packet_reader){ .data = packet.data, .size = packet.size };
        read = packet_get_array(&reader, sizeof(items[0]), &n);
        assert_int_equal(n, 3);
        assert_int_equal(read[2], 3);
        free(read);
        assert_null(packet_get_string(&reader));
        assert_int_equal(reader.error, 0);
        read = (uint32_t *) (void *) packet_get_string(&reader);
        assert_non_null(read);
        free(read);
        assert_int_equal(packet_get_u64(&reader), 0);
        assert_int_equal(reader.error, -EBADMSG);

        /* a number of items that no memory holds */
        packet_clear(&packet);
        packet_put_u64(&packet, UINT64_MAX / 2);
        reader = (struct packet_reader){ .data = packet.data, .size = packet.size };
        assert_null(packet_get_array(&reader, 4096, &n));
        assert_int_equal(n, 0);
        assert_int_equal(reader.error, -EBADMSG);
        packet_clear(&packet);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_answer),
                cmocka_unit_test(test_large_answer),
                cmocka_unit_test(test_error),
                cmocka_unit_test(test_death),
                cmocka_unit_test(test_stalled_is_killed),
                cmocka_unit_test(test_who_gets_on_is_not),
                cmocka_unit_test(test_has_nothing_of_ours),
                cmocka_unit_test(test_undone_after_kill),
                cmocka_unit_test(test_so_many_and_no_more),
                cmocka_unit_test(test_packet_short_of_data),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
